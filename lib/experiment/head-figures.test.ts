import assert from 'node:assert/strict';
import { test } from 'node:test';
import { knownModel } from '../morphable-model/known-model.fixture';
import { componentsFigure } from './head-figures';

test('a model with fewer than four components is shown with those that it has', () => {
  const { body } = componentsFigure(knownModel(12, [1, 0.5]));
  assert.equal(body.kind, 'pictures');
  if (body.kind !== 'pictures') return;
  // two components, two signs, two directions
  assert.equal(body.pictures.length, 8);
  assert.equal(body.pictures.at(-1)?.caption, 'component 2, +2.5 sd');
});
