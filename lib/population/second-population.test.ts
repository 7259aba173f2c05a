import assert from 'node:assert/strict';
import { test } from 'node:test';
import { alignRigid, transformPoints } from 'lib/geometry';
import { selfIntersections, signedVolume } from 'lib/mesh';
import { createRandom } from 'lib/random';
import ndarray from 'ndarray';
import { headMeasures } from './measures';
import { sampleSecondHead } from './second-population';
import { headTemplate } from './template';

const HEADS = Array.from({ length: 40 }, (_, i) => sampleSecondHead(headTemplate(), createRandom(`second ${i}`)));

/** Within which a data set's readers take a face for one, mm. */
const DISTANCES = [
  ['endocanthionRight', 'endocanthionLeft', 20, 52],
  ['endocanthionRight', 'subnasale', 35, 75],
  ['endocanthionLeft', 'stomion', 50, 105],
  ['subnasale', 'stomion', 12, 38],
  ['tragionRight', 'tragionLeft', 105, 190],
] as const;

test('heads are the template’s points moved, with distances of a face, and turned inside out nowhere', () => {
  const { landmarks, triangles, points: template } = headTemplate();
  for (const { points } of HEADS) {
    assert.deepEqual(points.shape, template.shape);
    assert.ok(points.data.every(Number.isFinite));
    for (const [from, to, least, most] of DISTANCES) {
      const millimetres =
        10 * Math.hypot(...[0, 1, 2].map((i) => points.get(landmarks[from], i) - points.get(landmarks[to], i)));
      assert.ok(millimetres > least && millimetres < most, `${from} to ${to}: ${millimetres} mm`);
    }
    assert.ok(signedVolume({ points, triangles }) > 2500);
  }
  const crossed = HEADS.slice(0, 3).map(({ points }) => selfIntersections({ points, triangles }).length);
  assert.ok(Math.max(...crossed) < 60, `${crossed} crossings`);
});

test('they are broader, lower and shorter than the template by what the docstring says, and differ from it in form', () => {
  const template = headTemplate();
  const mean = template.points.data.map((_, i) =>
    HEADS.reduce((sum, { points }) => sum + points.data[i] / HEADS.length, 0),
  );
  const own = headMeasures(template.points, template);
  const found = headMeasures(ndarray(mean, template.points.shape), template);
  const ratio = (name: 'headBreadth' | 'headLength' | 'mentonSellionLength') => found[name] / own[name];
  // standard errors of half a percent
  assert.ok(Math.abs(ratio('headBreadth') - 1.04) < 0.02, `${ratio('headBreadth')}`);
  assert.ok(Math.abs(ratio('headLength') - 0.96) < 0.02, `${ratio('headLength')}`);
  assert.ok(Math.abs(ratio('mentonSellionLength') - 0.97) < 0.02, `${ratio('mentonSellionLength')}`);
  for (const { points } of HEADS.slice(0, 5)) {
    const { data } = transformPoints(points, alignRigid(points, template.points));
    let sum = 0;
    for (let i = 0; i < data.length; i += 3)
      sum += Math.hypot(...[0, 1, 2].map((k) => data[i + k] - template.points.data[i + k]));
    const millimetres = (10 * sum) / points.shape[0];
    assert.ok(millimetres > 2 && millimetres < 12, `${millimetres} mm from the template`);
  }
});

test('left and right differ by a fifth of what they share, so that a face is nearly symmetric and not quite', () => {
  const { mirror, points: template } = headTemplate();
  // cm, squared: what is not symmetric across the plane x = 0, along x and along y
  const odd = [0, 0];
  let all = 0;
  for (const { points } of HEADS)
    mirror.forEach((m, n) => {
      odd[0] += ((points.get(n, 0) + points.get(m, 0)) / 2) ** 2;
      odd[1] += ((points.get(n, 1) - points.get(m, 1)) / 2) ** 2;
      all += (points.get(n, 1) - 0.97 * template.get(n, 1)) ** 2;
    });
  const count = HEADS.length * mirror.length;
  for (const sum of odd) {
    const deviation = Math.sqrt(sum / count);
    assert.ok(deviation > 0.01 && deviation < 0.08, `${deviation} cm`);
  }
  assert.ok(odd[1] < 0.1 * all);
});

test('the same generator gives the same person, and skins and hair differ', () => {
  const again = sampleSecondHead(headTemplate(), createRandom('second 3'));
  assert.deepEqual([again.points.data, again.albedo], [HEADS[3].points.data, HEADS[3].albedo]);
  const reds = new Set(HEADS.map(({ palette }) => palette.skin[0].toFixed(3)));
  assert.ok(reds.size > 30);
  for (const { albedo } of HEADS) assert.ok(albedo.every((v) => v >= 0 && v <= 1.2));
});
