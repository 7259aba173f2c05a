import { scriptSafe } from './escape';
import { clay, errorStops } from './palette';

/**
 * The script that brings one figure of a moving surface to life: it reads the data, moves the points as the sliders say and
 * draws with WebGL. It draws only when something changes, and computes once a frame what the frame needs.
 *
 * While the surface moves, a pixel is drawn once; when it has come to rest, four times, which smooths its edges. Smoothing by
 * WebGL itself took three fifths of a frame's drawing where the processor draws for want of a graphics card.
 *
 * The camera looks from -z with +y up, so that +x lies at the left, as in the other figures. Light comes from the upper left
 * behind the camera and stays there. A scene has one colour scale for all directions, so that they can be compared.
 *
 * @param id    of the figure's element
 * @param body  its data as JSON that may stand inside a script
 */
export const morphScript = (id: string, body: string): string => `(function () {
  // the same output may be shown twice: each script takes an element that has none yet
  var root = Array.from(document.querySelectorAll('.morph')).find(function (one) { return one.id === ${scriptSafe(JSON.stringify(id))} && !one.dataset.ready; });
  if (!root) return;
  root.dataset.ready = 'yes';
  var body = ${body};
  var find = function (what) { return root.querySelector(what); };
  var canvas = find('canvas'), select = find('select'), sliders = Array.from(root.querySelectorAll('input'));
  var gl = canvas.getContext('webgl', { antialias: false, alpha: true });
  if (!gl) { find('.morph-words').append(' This browser has no WebGL to draw it.'); return; }
  find('.morph-words').remove();
  find('.morph-live').hidden = false;

  function numbers(coded) {
    var text = atob(coded.bdata), bytes = new Uint8Array(text.length);
    for (var i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
    return coded.dtype === 'u2' ? new Uint16Array(bytes.buffer) : new Int16Array(bytes.buffer);
  }
  function lengths(coded) {
    var steps = numbers(coded.steps), values = new Float32Array(steps.length);
    for (var i = 0; i < steps.length; i++) values[i] = coded.step * steps[i];
    return values;
  }
  var mean = lengths(body.points), triangles = numbers(body.triangles), directions = body.directions.map(lengths);
  var count = mean.length / 3;
  // how far each direction moves each point, mm per unit
  var moved = directions.map(function (way) {
    return Float32Array.from({ length: count }, function (_, n) { return 10 * Math.hypot(way[3 * n], way[3 * n + 1], way[3 * n + 2]); });
  });
  var largest = moved.reduce(function (most, all) { return all.reduce(function (a, b) { return Math.max(a, b); }, most); }, 0) || 1;
  find('.morph-scale span:last-child').textContent = largest.toFixed(largest < 1 ? 2 : 1) + ' mm per ' + body.unit;

  // the middle of the box, and a radius that holds the surface however it is turned
  var middle = [0, 1, 2].map(function (axis) {
    var low = Infinity, high = -Infinity;
    for (var i = axis; i < mean.length; i += 3) { low = Math.min(low, mean[i]); high = Math.max(high, mean[i]); }
    return (low + high) / 2;
  });
  var radius = 0;
  for (var n = 0; n < count; n++) radius = Math.max(radius, Math.hypot(mean[3 * n] - middle[0], mean[3 * n + 1] - middle[1], mean[3 * n + 2] - middle[2]));
  radius *= 1.1;

  var places = mean.slice(), normals = new Float32Array(mean.length), colours = new Uint8Array(mean.length);
  function move() {
    places.set(mean);
    directions.forEach(function (way, k) {
      var by = +sliders[k].value;
      if (by !== 0) for (var i = 0; i < places.length; i++) places[i] += by * way[i];
    });
    normals.fill(0);
    for (var t = 0; t < triangles.length; t += 3) {
      var a = 3 * triangles[t], b = 3 * triangles[t + 1], c = 3 * triangles[t + 2];
      var ux = places[b] - places[a], uy = places[b + 1] - places[a + 1], uz = places[b + 2] - places[a + 2];
      var vx = places[c] - places[a], vy = places[c + 1] - places[a + 1], vz = places[c + 2] - places[a + 2];
      var x = uy * vz - uz * vy, y = uz * vx - ux * vz, z = ux * vy - uy * vx;
      normals[a] += x; normals[a + 1] += y; normals[a + 2] += z;
      normals[b] += x; normals[b + 1] += y; normals[b + 2] += z;
      normals[c] += x; normals[c + 1] += y; normals[c + 2] += z;
    }
  }
  function bytesOf(colour) { return [1, 3, 5].map(function (at) { return parseInt(colour.slice(at, at + 2), 16); }); }
  var stops = ${JSON.stringify(errorStops)}.map(bytesOf), skin = bytesOf('${clay}');
  function paint() {
    var heat = select.value === '' ? null : moved[+select.value];
    find('.morph-scale').style.visibility = heat ? 'visible' : 'hidden';
    for (var n = 0; n < count; n++) {
      var at = heat ? Math.min(heat[n] / largest, 1) * (stops.length - 1) : 0, low = Math.min(Math.floor(at), stops.length - 2);
      for (var c = 0; c < 3; c++) colours[3 * n + c] = heat ? stops[low][c] + (at - low) * (stops[low + 1][c] - stops[low][c]) : skin[c];
    }
  }

  // what has changed since the last frame
  var isMoved, isPainted, buffers, uniforms;
  function prepare() {
    isMoved = isPainted = true;
    var program = gl.createProgram();
    [[gl.VERTEX_SHADER, 'attribute vec3 place, normal, colour; uniform mat3 turn; uniform vec3 middle; uniform float radius; varying vec3 way, paint; void main() { way = turn * normal; paint = colour; vec3 seen = turn * (place - middle) / radius; gl_Position = vec4(seen.xy, -seen.z, 1.0); }'],
     [gl.FRAGMENT_SHADER, 'precision mediump float; varying vec3 way, paint; uniform vec2 light; void main() { vec3 n = normalize(way); if (!gl_FrontFacing) n = -n; gl_FragColor = vec4(paint * (light.x + light.y * max(dot(n, normalize(vec3(-0.4, 0.5, 0.8))), 0.0)), 1.0); }']
    ].forEach(function (part) {
      var shader = gl.createShader(part[0]);
      gl.shaderSource(shader, part[1]);
      gl.compileShader(shader);
      gl.attachShader(program, shader);
    });
    gl.linkProgram(program);
    gl.useProgram(program);
    gl.enable(gl.DEPTH_TEST);
    uniforms = {};
    ['turn', 'middle', 'radius', 'light'].forEach(function (name) { uniforms[name] = gl.getUniformLocation(program, name); });
    buffers = {};
    [['place', gl.FLOAT, false], ['normal', gl.FLOAT, false], ['colour', gl.UNSIGNED_BYTE, true]].forEach(function (part) {
      var at = gl.getAttribLocation(program, part[0]);
      gl.bindBuffer(gl.ARRAY_BUFFER, buffers[part[0]] = gl.createBuffer());
      gl.enableVertexAttribArray(at);
      gl.vertexAttribPointer(at, 3, part[1], part[2], 0, 0);
    });
    gl.bindBuffer(gl.ELEMENT_ARRAY_BUFFER, gl.createBuffer());
    gl.bufferData(gl.ELEMENT_ARRAY_BUFFER, triangles, gl.STATIC_DRAW);
  }
  function give(name, values) {
    gl.bindBuffer(gl.ARRAY_BUFFER, buffers[name]);
    gl.bufferData(gl.ARRAY_BUFFER, values, gl.DYNAMIC_DRAW);
  }
  var yaw = 0, pitch = 0, samples = 1;
  function draw() {
    waiting = false;
    if (gl.isContextLost()) return;
    if (!root.isConnected) return;
    if (isMoved) { move(); give('place', places); give('normal', normals); }
    if (isPainted) { paint(); give('colour', colours); }
    isMoved = isPainted = false;
    var side = Math.max(1, Math.round(samples * canvas.clientWidth * Math.min(window.devicePixelRatio || 1, 2)));
    if (canvas.width !== side) canvas.width = canvas.height = side;
    gl.viewport(0, 0, side, side);
    // half a turn about y, since the face looks toward -z; then yaw and pitch; columns one after the other
    var c = Math.cos(yaw), s = Math.sin(yaw), p = Math.cos(pitch), q = Math.sin(pitch);
    gl.uniformMatrix3fv(uniforms.turn, false, [-c, -q * s, p * s, 0, p, q, -s, q * c, -p * c]);
    gl.uniform3fv(uniforms.middle, middle);
    gl.uniform1f(uniforms.radius, radius);
    // shade changes lightness, which on the scale means distance: then only as much as shows the form
    gl.uniform2fv(uniforms.light, select.value === '' ? [0.35, 0.65] : [0.75, 0.25]);
    gl.clearColor(0, 0, 0, 0);
    gl.clear(gl.COLOR_BUFFER_BIT | gl.DEPTH_BUFFER_BIT);
    gl.drawElements(gl.TRIANGLES, triangles.length, gl.UNSIGNED_SHORT, 0);
  }
  var waiting = false, rest;
  function frame() { if (!waiting) { waiting = true; requestAnimationFrame(draw); } }
  function later() {
    samples = 1;
    clearTimeout(rest);
    rest = setTimeout(function () { samples = 2; frame(); }, 400);
    frame();
  }

  function say(slider) {
    var text = (+slider.value > 0 ? '+' : '') + (+slider.value).toFixed(1) + ' ' + body.unit;
    slider.nextElementSibling.textContent = text;
    slider.setAttribute('aria-valuetext', text);
  }
  sliders.forEach(function (slider, k) {
    say(slider);
    slider.addEventListener('input', function () {
      say(slider);
      if (select.value !== '' && select.value !== String(k)) { select.value = String(k); isPainted = true; }
      isMoved = true;
      later();
    });
  });
  select.addEventListener('change', function () { isPainted = true; later(); });
  find('button').addEventListener('click', function () {
    sliders.forEach(function (slider) { slider.value = 0; say(slider); });
    yaw = pitch = 0;
    isMoved = true;
    later();
  });
  function turn(right, down) {
    yaw += right;
    pitch = Math.max(-Math.PI / 2, Math.min(Math.PI / 2, pitch + down));
    later();
  }
  var from;
  canvas.addEventListener('pointerdown', function (event) { from = event; canvas.setPointerCapture(event.pointerId); });
  canvas.addEventListener('pointermove', function (event) {
    if (!from) return;
    turn((event.clientX - from.clientX) * 0.01, (event.clientY - from.clientY) * 0.01);
    from = event;
  });
  ['pointerup', 'pointercancel'].forEach(function (name) { canvas.addEventListener(name, function () { from = undefined; }); });
  canvas.addEventListener('keydown', function (event) {
    var by = { ArrowLeft: [-0.15, 0], ArrowRight: [0.15, 0], ArrowUp: [0, -0.15], ArrowDown: [0, 0.15] }[event.key];
    if (!by) return;
    event.preventDefault();
    turn(by[0], by[1]);
  });
  canvas.addEventListener('webglcontextlost', function (event) { event.preventDefault(); });
  canvas.addEventListener('webglcontextrestored', function () { prepare(); later(); });
  new ResizeObserver(later).observe(canvas);
  prepare(); later();
})();`;
