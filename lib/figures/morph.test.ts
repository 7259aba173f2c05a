import assert from 'node:assert/strict';
import { test } from 'node:test';
import { triangleMesh } from 'lib/mesh';
import { coarserSurface } from './coarser-surface';
import type { MorphBody } from './figure';
import { displayBundle } from './forms';
import { morphFigure } from './morph';

/** A square grid of points on a wavy surface, with two triangles a cell. */
function wave(side: number) {
  const points = Float32Array.from({ length: 3 * side * side }, (_, i) => {
    const [row, column] = [Math.floor(i / 3 / side), Math.floor(i / 3) % side];
    return [column / 10, row / 10, Math.sin(column / 10)][i % 3];
  });
  const triangles: number[] = [];
  for (let row = 0; row + 1 < side; row++)
    for (let column = 0; column + 1 < side; column++) {
      const n = row * side + column;
      triangles.push(n, n + 1, n + side, n + 1, n + side + 1, n + side);
    }
  return triangleMesh(points, Uint32Array.from(triangles));
}

const lift = (count: number) => Float32Array.from({ length: 3 * count }, (_, i) => (i % 3 === 2 ? 0.01 * (i % 7) : 0));
const options = (side: number) => ({
  title: 'A wave',
  howToRead: 'Move it.',
  mesh: wave(side),
  directions: [{ name: 'lift', displacement: lift(side * side) }],
  unit: 'SD',
  range: 3,
});

test('holds points and displacements to a 65,534th of the largest', () => {
  const given = options(20);
  const { body, alternative, howToRead } = morphFigure(given);
  assert.ok(body.kind === 'morph');
  const within = ({ step, steps }: { step: number; steps: Int16Array }, values: ArrayLike<number>) =>
    steps.forEach((value, i) => {
      assert.ok(Math.abs(step * value - values[i]) <= 0.501 * step, `number ${i}: ${step * value} for ${values[i]}`);
    });
  within(body.points, given.mesh.points.data);
  within(body.directions[0], given.directions[0].displacement);
  assert.ok(body.directions[0].step < 1e-5);
  assert.deepEqual([...body.triangles], [...given.mesh.triangles.data]);
  assert.equal(howToRead, 'Move it.');
  assert.match(
    alternative,
    /A surface of 400 points that moves under sliders: lift moves points by 0\.[0-9]+ mm per SD on average, at most 0\.6\./,
  );
});

test('a large surface is sent with fewer points, and says so', () => {
  const figure = morphFigure(options(260));
  const body = figure.body as MorphBody;
  const sent = body.points.steps.length / 3;
  assert.match(figure.howToRead, new RegExp(`Shown with ${sent} of 67600 points\\.$`));
  const html = String(displayBundle(figure, 'large')['text/html']);
  assert.ok(sent > 20_000 && html.length < 1.6e6, `${sent} points in ${html.length} characters`);
  assert.ok(body.triangles.every((corner) => corner < sent));
});

test('a coarser surface keeps points of the surface, its extent and its winding', () => {
  const mesh = wave(60);
  const { kept, triangles } = coarserSurface(mesh, 500);
  assert.ok(kept.length <= 500 && kept.length > 200, `${kept.length} points`);
  assert.equal(new Set(kept).size, kept.length);
  const x = Array.from(kept, (n) => mesh.points.get(n, 0));
  assert.ok(Math.min(...x) < 0.3 && Math.max(...x) > 5.6, `x from ${Math.min(...x)} to ${Math.max(...x)}`);
  // seen from +z every triangle of the wave runs counter-clockwise; their areas still sum to nearly the whole square's
  let area = 0;
  for (let t = 0; t < triangles.length; t += 3) {
    const [a, b, c] = [0, 1, 2].map((i) => [0, 1].map((axis) => mesh.points.get(kept[triangles[t + i]], axis)));
    area += ((b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])) / 2;
  }
  assert.ok(area > 0.85 * 5.9 ** 2 && area < 1.01 * 5.9 ** 2, `area is ${area}`);
});

test('a name cannot leave its place in the page', () => {
  const evil = '</script><img src=x onerror=alert(1)>';
  const figure = morphFigure({
    ...options(3),
    title: evil,
    unit: evil,
    directions: [{ name: evil, displacement: lift(9) }],
  });
  const html = String(displayBundle(figure, 'evil')['text/html']);
  assert.equal(html.match(/<\/script/g)?.length, 1);
  assert.doesNotMatch(html, /<img/);
});

test('says what is wrong with directions or range', () => {
  const given = options(3);
  assert.throws(() => morphFigure({ ...given, directions: [] }), /directions of "A wave" must hold at least one/);
  assert.throws(
    () => morphFigure({ ...given, directions: [{ name: 'odd', displacement: [1, 2] }] }),
    /displacement of "odd" must hold 3 x 9 numbers as the mesh has points, but holds 2/,
  );
  assert.throws(() => morphFigure({ ...given, range: 0 }), /range of "A wave" must be positive, but is 0/);
});
