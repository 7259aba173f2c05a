import assert from 'node:assert/strict';
import { test } from 'node:test';
import { signedVolume, vertexNormals } from 'lib/mesh';
import { headDistance } from './head-surface';
import { MEASURE_NAMES, MEASURES, measuresAt } from './measures';
import { headTemplate } from './template';

const template = headTemplate();
const points = template.points.data;
const count = template.mirror.length;

test('the head has 6,000 to 8,000 points in one closed surface without handles', () => {
  assert.ok(count >= 6000 && count <= 8000, `${count} points`);
  assert.deepEqual(template.points.shape, [count, 3]);
  const triangles = template.triangles.data;
  assert.equal(count - triangles.length / 6, 2);
  const edges = new Set<number>();
  for (let t = 0; t < triangles.length; t += 3)
    for (let i = 0; i < 3; i++) edges.add(triangles[t + i] * count + triangles[t + ((i + 1) % 3)]);
  assert.equal(edges.size, triangles.length, 'two triangles run along one edge');
  for (const edge of edges) assert.ok(edges.has((edge % count) * count + Math.floor(edge / count)));
});

test('the head has the volume of a head and short neck, wound outwards', () => {
  const volume = signedVolume(template);
  assert.ok(volume > 4000 && volume < 5200, `${volume} cubic centimetres`);
});

test('points lie on the surface of the anatomy', () => {
  const distances = Array.from({ length: count }, (_, i) =>
    Math.abs(headDistance(points[3 * i], points[3 * i + 1], points[3 * i + 2])),
  ).sort((a, b) => a - b);
  // thin lids stop the projection early at a few points
  assert.ok(
    distances[Math.floor(0.98 * count)] < 0.01,
    `98 of 100 points are within ${distances[Math.floor(0.98 * count)]}`,
  );
  assert.ok(distances[count - 1] < 0.2, `the farthest point is off by ${distances[count - 1]}`);
});

test('left and right are exact mirror images, in points, triangles, regions, occlusion and landmarks', () => {
  const { mirror, regions, occlusion, landmarks } = template;
  for (let i = 0; i < count; i++) {
    const j = mirror[i];
    assert.equal(mirror[j], i);
    assert.ok(points[3 * i] === -points[3 * j] || (i === j && points[3 * i] === 0));
    assert.equal(points[3 * i + 1], points[3 * j + 1]);
    assert.equal(points[3 * i + 2], points[3 * j + 2]);
    assert.ok(Math.abs(occlusion[i] - occlusion[j]) < 1e-5);
    for (const values of Object.values(regions)) assert.equal(values[i], values[j]);
  }
  assert.equal(mirror[landmarks.gonionRight], landmarks.gonionLeft);
  assert.ok(points[3 * landmarks.gonionRight] > 0);
});

test('the face looks toward -z with the crown up', () => {
  const at = (index: number) => [...points.slice(3 * index, 3 * index + 3)];
  const { landmarks } = template;
  const forward = Array.from({ length: count }, (_, i) => points[3 * i + 2]).reduce((a, b) => Math.min(a, b));
  assert.ok(at(landmarks.pronasale)[2] - forward < 0.3);
  const highest = Array.from({ length: count }, (_, i) => points[3 * i + 1]).reduce((a, b) => Math.max(a, b));
  assert.ok(highest - at(landmarks.vertex)[1] < 0.1);
  assert.ok(at(landmarks.menton)[1] < at(landmarks.stomion)[1]);
  // normals point outwards
  const normals = vertexNormals(template).data;
  assert.ok(normals[3 * landmarks.pronasale + 2] < -0.7);
  assert.ok(normals[3 * landmarks.eurionRight] > 0.9);
  assert.ok(normals[3 * landmarks.vertex + 1] > 0.9);
});

test('anatomy alone measures like an adult, within a tenth', () => {
  const { values } = measuresAt(points, template);
  for (const [m, name] of MEASURE_NAMES.entries()) {
    const { men, women } = MEASURES[name];
    const expected = (men[0] + women[0]) / 20;
    assert.ok(Math.abs(values[m] / expected - 1) < 0.1, `${name} is ${values[m]}, not about ${expected}`);
  }
});

test('colours have their places', () => {
  const { regions, landmarks, occlusion } = template;
  assert.ok(regions.pupil[landmarks.pupilRight] > 0.9 && regions.eye[landmarks.pupilRight] > 0.9);
  assert.ok(regions.hair[landmarks.vertex] > 2 && regions.hair[landmarks.opisthocranion] > 2);
  assert.ok(regions.hair[landmarks.pronasale] < -2 && regions.hair[landmarks.superauraleRight] < 0.3);
  assert.ok(regions.beard[landmarks.pogonion] > 0.5 && regions.beard[landmarks.pronasale] < 0.05);
  assert.ok(regions.lip[landmarks.stomion] > 0.9 && regions.lip[landmarks.pogonion] === 0);
  for (const value of occlusion) assert.ok(value >= 0.2199 && value <= 1);
  assert.ok(occlusion[landmarks.vertex] > 0.9 && occlusion[landmarks.subnasale] < 0.8);
});
