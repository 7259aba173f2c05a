import { type RasterBuffers, rasterBuffers, rasterize } from 'lib/mesh';
import { type PictureLight, type Triple, Y0, Y1, Y2, Y20, Y22 } from './picture-light';
import { LINEAR_STEPS, SRGB_BYTES } from './srgb';

/** A coloured surface in the model frame; every array is flat and in the order of its points. */
export interface PictureSurface {
  /** [points, 3] cm */
  points: Float32Array;
  /** [triangles, 3] */
  triangles: Uint32Array;
  /** [points, 3] outward unit normals */
  normals: Float32Array;
  /** [points, 3] linear RGB, 0 to 1 */
  albedo: Float32Array;
  /** [points] how much of the surroundings a point sees, 0 to 1; 1 when absent */
  occlusion?: Float32Array;
  /** [points] how wet the surface is, 0 to 1: wet eyes get a small, sharp highlight; 0 when absent */
  gloss?: Float32Array;
}

/** A pinhole camera that looks along its +z, with its principal point in the picture's middle. */
export interface PictureView {
  /** modelFromCamera, row-major 3 x 3: columns are the camera's axes in the model frame */
  rotation: ArrayLike<number>;
  /** the camera's centre in the model frame, cm */
  centre: ArrayLike<number>;
  focalLengthPixels: number;
  /** width and height in pixels */
  size: number;
}

export interface PictureOptions {
  /** linear RGB, one colour or [size, size, 3]; black when absent */
  background?: Triple | Float32Array;
  /** each pixel is the mean over supersample x supersample points; 2 when absent */
  supersample?: number;
  /** 'drop' is faster and right for a closed surface; 'keep' when absent */
  backFaces?: 'keep' | 'drop';
  /** [size, size, 3] bytes to write the picture to */
  into?: Uint8Array;
  /** from `pictureBuffers`, so that a loop over pictures allocates nothing */
  buffers?: PictureBuffers;
}

/** Scratch memory of `renderPicture`; it grows as needed and belongs to one caller at a time. */
export interface PictureBuffers {
  screen: Float32Array;
  radiance: Float32Array;
  raster?: RasterBuffers;
}

export function pictureBuffers(): PictureBuffers {
  return { screen: new Float32Array(0), radiance: new Float32Array(0) };
}

/** Light scatters under skin and comes out past the shadow's edge, red the farthest: cos -> (cos + w) / (1 + w). */
const WRAP: Triple = [0.22, 0.12, 0.1];
/** Blinn-Phong exponent of a wet eye, a point of light; skin's is 16, a broad sheen. */
const WET_SHININESS = 800;
const WET_STRENGTH = 1.2;

/**
 * Renders one coloured surface as a camera sees it.
 *
 * x_camera = R^T (x - t), u = size/2 - f x/z, v = size/2 - f y/z. Light is worked out at the vertices (both parts vary
 * slower than the triangles are small) and mixed across triangles with perspective-correct weights; only the sharp highlight
 * of wet points is worked out for each sample. Samples are averaged in linear light, then encoded as sRGB.
 *
 * @param surface  in the model frame
 * @param view     camera; the focal length belongs to `size`, whatever the supersampling
 * @param light    in the camera frame
 * @returns        [size, size, 3] sRGB bytes, rows from the top: `options.into` when given
 * @throws {RangeError} when an array's length does not fit the others
 *
 * There are no cast shadows: occlusion darkens what lies in folds. A triangle nearer than 5 cm is not drawn.
 */
export function renderPicture(
  surface: PictureSurface,
  view: PictureView,
  light: PictureLight,
  options: PictureOptions = {},
): Uint8Array {
  const { size } = view;
  const supersample = options.supersample ?? 2;
  const picture = options.into ?? new Uint8Array(3 * size * size);
  checkLengths(surface, view, light, picture, options.background, supersample);
  const buffers = options.buffers ?? pictureBuffers();
  const { points, triangles } = surface;
  if (buffers.screen.length !== points.length) {
    buffers.screen = new Float32Array(points.length);
    buffers.radiance = new Float32Array(points.length);
  }
  const width = size * supersample;
  if (!buffers.raster || buffers.raster.nearness.length < points.length / 3 || buffers.raster.width !== width)
    buffers.raster = rasterBuffers(width, width, points.length / 3);

  project(points, view, supersample, buffers.screen);
  rasterize(buffers.screen, triangles, width, width, buffers.raster, { backFaces: options.backFaces ?? 'keep' });
  shadePixels(
    triangles,
    buffers.raster,
    buffers.radiance,
    vertexLighting(surface, view, light, buffers.radiance),
    wetHighlights(surface, view, light.lamp),
    options.background ?? [0, 0, 0],
    supersample,
    picture,
  );
  return picture;
}

/** Positions on the supersampled screen. */
function project(
  points: Float32Array,
  { rotation: R, centre, focalLengthPixels, size }: PictureView,
  supersample: number,
  screen: Float32Array,
): void {
  const [r0, r1, r2, r3, r4, r5, r6, r7, r8] = Array.from(R);
  const [tx, ty, tz] = Array.from(centre);
  const f = focalLengthPixels * supersample;
  const middle = (size * supersample) / 2;
  for (let i = 0; i < points.length; i += 3) {
    const dx = points[i] - tx;
    const dy = points[i + 1] - ty;
    const dz = points[i + 2] - tz;
    const z = r2 * dx + r5 * dy + r8 * dz;
    screen[i] = middle - (f * (r0 * dx + r3 * dy + r6 * dz)) / z;
    screen[i + 1] = middle - (f * (r1 * dx + r4 * dy + r7 * dz)) / z;
    screen[i + 2] = z;
  }
}

/**
 * Makes the function that works out the light that leaves a vertex toward the camera, linear RGB into `radiance`.
 * Only vertices that the picture shows are worth it: about half, and far fewer in a small picture.
 */
function vertexLighting(
  { points, normals, albedo, occlusion }: PictureSurface,
  { rotation: R, centre }: PictureView,
  { harmonics, lamp }: PictureLight,
  radiance: Float32Array,
): (vertex: number) => void {
  const [r0, r1, r2, r3, r4, r5, r6, r7, r8] = Array.from(R);
  const [tx, ty, tz] = Array.from(centre);
  const [lx, ly, lz] = lamp?.direction ?? [0, 0, -1];
  const specular = lamp ? lamp.specular : 0;
  // the harmonics as a polynomial of the normal, by channel: 1; y, z, x; xy, yz, 3z^2 - 1, xz, x^2 - y^2
  const factors = [Y0, Y1, Y1, Y1, Y2, Y2, Y20, Y2, Y22];
  const channels = [0, 1, 2].map((c) => ({
    h: Float64Array.from(factors, (factor, k) => factor * harmonics[3 * k + c]),
    lampLight: lamp ? lamp.colour[c] : 0,
    wrap: WRAP[c],
  }));
  return (vertex) => {
    const i = 3 * vertex;
    const mx = normals[i];
    const my = normals[i + 1];
    const mz = normals[i + 2];
    const nx = r0 * mx + r3 * my + r6 * mz;
    const ny = r1 * mx + r4 * my + r7 * mz;
    const nz = r2 * mx + r5 * my + r8 * mz;
    const open = occlusion ? occlusion[vertex] : 1;
    const cosine = nx * lx + ny * ly + nz * lz;
    let sheen = 0;
    if (specular > 0 && cosine > 0) {
      const dx = points[i] - tx;
      const dy = points[i + 1] - ty;
      const dz = points[i + 2] - tz;
      const x = r0 * dx + r3 * dy + r6 * dz;
      const y = r1 * dx + r4 * dy + r7 * dz;
      const z = r2 * dx + r5 * dy + r8 * dz;
      // to the power of 16
      const half2 = halfwayCosine(nx, ny, nz, x, y, z, lx, ly, lz) ** 2;
      const half4 = half2 * half2;
      const half8 = half4 * half4;
      sheen = specular * open * half8 * half8;
    }
    // a fold hides most of the surroundings, but only some of the places where one lamp can be
    const openToLamp = 0.35 + 0.65 * open;
    for (let c = 0; c < 3; c++) {
      const { h, lampLight, wrap } = channels[c];
      const around =
        h[0] +
        ny * (h[1] + nx * h[4] + nz * h[5] - ny * h[8]) +
        nz * (h[2] + 3 * nz * h[6]) -
        h[6] +
        nx * (h[3] + nz * h[7] + nx * h[8]);
      const direct = cosine > -wrap ? ((cosine + wrap) / (1 + wrap)) * openToLamp : 0;
      // an expansion to order 2 dips below zero on the far side of a strong light
      const light = (around > 0 ? around * open : 0) + lampLight * direct;
      radiance[i + c] = albedo[i + c] * light + lampLight * sheen;
    }
  };
}

/** Cosine between the normal and the direction halfway between the lamp and the eye, for a point at (x, y, z). */
function halfwayCosine(
  nx: number,
  ny: number,
  nz: number,
  x: number,
  y: number,
  z: number,
  lx: number,
  ly: number,
  lz: number,
): number {
  const distance = Math.sqrt(x * x + y * y + z * z);
  const hx = lx - x / distance;
  const hy = ly - y / distance;
  const hz = lz - z / distance;
  const length = Math.sqrt(hx * hx + hy * hy + hz * hz);
  return length > 0 ? Math.max(0, (nx * hx + ny * hy + nz * hz) / length) : 0;
}

/** Mixes the light of the vertices at each sample, averages the samples of each pixel and writes its bytes. */
function shadePixels(
  triangles: Uint32Array,
  { triangle, weights, width }: RasterBuffers,
  radiance: Float32Array,
  lightVertex: (vertex: number) => void,
  wet: WetHighlight | undefined,
  background: Triple | Float32Array,
  supersample: number,
  picture: Uint8Array,
): void {
  // of this function alone: what a module imports is looked up at each use
  const [bytes, white] = [SRGB_BYTES, LINEAR_STEPS];
  const size = width / supersample;
  const scale = white / (supersample * supersample);
  // NaN marks a vertex that is not lit yet
  radiance.fill(Number.NaN);
  const isFlat = background.length === 3;
  for (let row = 0, pixel = 0; row < size; row++)
    for (let column = 0; column < size; column++, pixel += 3) {
      let red = 0;
      let green = 0;
      let blue = 0;
      let seenThrough = 0;
      let sample = row * supersample * width + column * supersample;
      for (let down = 0; down < supersample; down++, sample += width - supersample)
        for (let right = 0; right < supersample; right++, sample++) {
          const t = 3 * triangle[sample];
          if (t < 0) {
            seenThrough++;
            continue;
          }
          const a = 3 * triangles[t];
          const b = 3 * triangles[t + 1];
          const c = 3 * triangles[t + 2];
          let redA = radiance[a];
          let redB = radiance[b];
          let redC = radiance[c];
          if (Number.isNaN(redA + redB + redC)) {
            if (Number.isNaN(redA)) lightVertex(triangles[t]);
            if (Number.isNaN(redB)) lightVertex(triangles[t + 1]);
            if (Number.isNaN(redC)) lightVertex(triangles[t + 2]);
            redA = radiance[a];
            redB = radiance[b];
            redC = radiance[c];
          }
          const wA = weights[3 * sample];
          const wB = weights[3 * sample + 1];
          const wC = weights[3 * sample + 2];
          red += wA * redA + wB * redB + wC * redC;
          green += wA * radiance[a + 1] + wB * radiance[b + 1] + wC * radiance[c + 1];
          blue += wA * radiance[a + 2] + wB * radiance[b + 2] + wC * radiance[c + 2];
          if (!wet || wet.gloss[a / 3] + wet.gloss[b / 3] + wet.gloss[c / 3] === 0) continue;
          const strength = wet.strengthAt(a, b, c, wA, wB, wC);
          red += strength * wet.colour[0];
          green += strength * wet.colour[1];
          blue += strength * wet.colour[2];
        }
      if (seenThrough > 0) {
        const behind = isFlat ? 0 : pixel;
        red += seenThrough * background[behind];
        green += seenThrough * background[behind + 1];
        blue += seenThrough * background[behind + 2];
      }
      // half a step is added, and `| 0` rounds down, far quicker than Math.round
      red = red * scale + 0.5;
      green = green * scale + 0.5;
      blue = blue * scale + 0.5;
      picture[pixel] = bytes[red >= white ? white : red | 0];
      picture[pixel + 1] = bytes[green >= white ? white : green | 0];
      picture[pixel + 2] = bytes[blue >= white ? white : blue | 0];
    }
}

interface WetHighlight {
  gloss: Float32Array;
  colour: Triple;
  /** at a place of the triangle whose corners' coordinates begin at a, b and c */
  strengthAt(a: number, b: number, c: number, wA: number, wB: number, wC: number): number;
}

/** Prepares the lamp's mirror image on wet triangles; nothing is to be done without a lamp or without gloss. */
function wetHighlights(
  { points, normals, gloss }: PictureSurface,
  { rotation: R, centre }: PictureView,
  lamp: PictureLight['lamp'],
): WetHighlight | undefined {
  if (!gloss || !lamp) return undefined;
  // few samples are wet, so they are lit in the model frame, where points and normals are
  const { direction: d, colour } = lamp;
  const [lx, ly, lz] = [0, 3, 6].map((row) => R[row] * d[0] + R[row + 1] * d[1] + R[row + 2] * d[2]);
  return {
    gloss,
    colour,
    strengthAt(a, b, c, wA, wB, wC) {
      const nx = wA * normals[a] + wB * normals[b] + wC * normals[c];
      const ny = wA * normals[a + 1] + wB * normals[b + 1] + wC * normals[c + 1];
      const nz = wA * normals[a + 2] + wB * normals[b + 2] + wC * normals[c + 2];
      const x = wA * points[a] + wB * points[b] + wC * points[c] - centre[0];
      const y = wA * points[a + 1] + wB * points[b + 1] + wC * points[c + 1] - centre[1];
      const z = wA * points[a + 2] + wB * points[b + 2] + wC * points[c + 2] - centre[2];
      const cosine = halfwayCosine(nx, ny, nz, x, y, z, lx, ly, lz) / Math.sqrt(nx * nx + ny * ny + nz * nz);
      const wetness = wA * gloss[a / 3] + wB * gloss[b / 3] + wC * gloss[c / 3];
      return WET_STRENGTH * wetness * cosine ** WET_SHININESS;
    },
  };
}

function checkLengths(
  surface: PictureSurface,
  view: PictureView,
  light: PictureLight,
  picture: Uint8Array,
  background: PictureOptions['background'],
  supersample: number,
): void {
  const points = surface.points.length / 3;
  const wanted: [string, ArrayLike<number> | undefined, number][] = [
    ['normals', surface.normals, 3 * points],
    ['albedo', surface.albedo, 3 * points],
    ['occlusion', surface.occlusion, points],
    ['gloss', surface.gloss, points],
    ['rotation', view.rotation, 9],
    ['centre', view.centre, 3],
    ['harmonics', light.harmonics, 27],
    ['into', picture, 3 * view.size * view.size],
    ['background', background?.length === 3 ? undefined : background, 3 * view.size * view.size],
  ];
  for (const [name, values, length] of wanted)
    if (values && values.length !== length)
      throw new RangeError(`${name} must hold ${length} numbers, but holds ${values.length}`);
  if (!(Number.isInteger(supersample) && supersample >= 1))
    throw new RangeError(`supersample must be a whole number of at least 1, but is ${supersample}`);
}
