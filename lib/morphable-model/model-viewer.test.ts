import assert from 'node:assert/strict';
import { test } from 'node:test';
import { knownModel } from './known-model.fixture';
import { modelFigure } from './model-viewer';
import { instance } from './morphable-model';

const MODEL = knownModel(12, [4, 1, 0.09]);

test('a slider at 1 makes the instance of one standard deviation', () => {
  const { body } = modelFigure(MODEL);
  assert.ok(body.kind === 'morph');
  assert.deepEqual([body.unit, body.range, body.directions.length], ['SD', 3, 3]);
  for (const k of [0, 1, 2]) {
    const c = [0, 0, 0];
    c[k] = 1;
    const { points, directions } = body;
    instance(MODEL, c).data.forEach((value, i) => {
      const shown = points.step * points.steps[i] + directions[k].step * directions[k].steps[i];
      assert.ok(Math.abs(shown - value) < 1e-3, `component ${k}, coordinate ${i}: ${shown} for ${value}`);
    });
  }
});

test('shows as many components as asked for, and its words say how far they move the head', () => {
  const figure = modelFigure(MODEL, { components: 2, title: 'Two' });
  assert.ok(figure.body.kind === 'morph');
  assert.deepEqual(
    figure.body.directions.map(({ name }) => name),
    ['component 1', 'component 2'],
  );
  assert.equal(figure.title, 'Two');
  assert.match(
    figure.alternative,
    /component 1 moves points by [0-9.]+ mm per SD on average, at most [0-9.]+; component 2/,
  );
});

test('says how many components there are', () => {
  assert.throws(() => modelFigure(MODEL, { components: 4 }), /components must be from 1 to the model's 3, but are 4/);
});
