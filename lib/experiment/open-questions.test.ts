import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openQuestions } from './open-questions';
import { type LossSpec, lossId, lossTitle, type Profile } from './profile';
import { TINY } from './profile.fixture';
import type { Summary } from './summary';

const MEAN_HEAD = {
  reprojectionPixels: 20,
  shapeMillimetres: 4,
  translationCentimetres: 30,
  rotationDegrees: 25,
  clampedShare: 0,
};

/** A summary where the n-th loss, from 1, has a shape error of n mm, a reprojection error of 10 n px and a rotation error of 100 n. */
function summaryOf(losses: LossSpec[]): [Profile, Summary] {
  const rows = losses.map((loss, i) => ({
    loss: lossId(loss),
    title: lossTitle(loss),
    errors: {
      ...MEAN_HEAD,
      shapeMillimetres: i + 1,
      reprojectionPixels: 10 * (i + 1),
      rotationDegrees: 100 * (i + 1),
    },
  }));
  return [{ ...TINY, losses }, { rows, floors: { meanHead: MEAN_HEAD } } as unknown as Summary];
}

/** What is drawn of each question: by panel and family its points. */
function drawn(losses: LossSpec[]) {
  return Object.fromEntries(
    openQuestions(...summaryOf(losses)).map(({ question, figure: { body } }) => {
      assert.equal(body.kind, 'plot');
      const traces = (body.kind === 'plot' ? body.data : []) as unknown as {
        name: string;
        type: string;
        xaxis: string;
        x: ArrayLike<number | string>;
        y: ArrayLike<number>;
      }[];
      const lines = traces.map(({ name, type, xaxis, x, y }) => [
        `${xaxis} ${name}`,
        type,
        Array.from(x, (at, i) => [at, y[i]]),
      ]);
      return [question, lines];
    }),
  );
}

test('a question is asked where two losses differ in its choice alone', () => {
  assert.deepEqual(openQuestions(...summaryOf([{ name: 'srl' }, { name: 'xqt' }, { name: 'mrl', views: 2 }])), []);
  // two choices differ
  assert.deepEqual(openQuestions(...summaryOf([{ name: 'srl' }, { name: 'srl', norm: 'squared', steps: 9 }])), []);
  const asked = (...losses: LossSpec[]) => Object.keys(drawn(losses));
  assert.deepEqual(
    asked({ name: 'gal', frame: 'camera', steps: 9 }, { name: 'gal', frame: 'released', steps: 9 }, { name: 'srl' }),
    ['In which frame should GAL align?'],
  );
  assert.deepEqual(asked({ name: 'coarse' }, { name: 'coarse', poseOutput: 'camera-centre' }), [
    'Which numbers should stand for the pose?',
  ]);
  assert.deepEqual(asked({ name: 'srl' }, { name: 'srl', penalty: 0.1 }), [
    'Does a penalty on the coefficients mend SRL?',
  ]);
  assert.deepEqual(
    asked(
      { name: 'mrl', views: 2 },
      { name: 'mrl', views: 2, viewSampler: 'ring' },
      { name: 'mrl', views: 2, norm: 'squared' },
      { name: 'mrl', views: 4, viewSampler: 'ring' },
    ),
    ['Absolute or squared distances?', 'Where should virtual views come from?'],
  );
});

test('choices by name are bars, one colour a loss, and a loss without a choice has none there', () => {
  const questions = drawn([
    { name: 'srl' },
    { name: 'gal', frame: 'camera', poseOutput: 'camera-centre' },
    { name: 'gal', frame: 'camera' },
    { name: 'srl', poseOutput: 'camera-centre' },
  ]);
  assert.deepEqual(Object.keys(questions), ['Which numbers should stand for the pose?']);
  const lines = questions['Which numbers should stand for the pose?'];
  // the profile's own output is the head's centre
  assert.deepEqual(lines.slice(0, 4), [
    [
      'x SRL',
      'bar',
      [
        ['head-centre', 10],
        ['camera-centre', 40],
      ],
    ],
    [
      'x GAL, camera frame',
      'bar',
      [
        ['head-centre', 30],
        ['camera-centre', 20],
      ],
    ],
    [
      'x2 SRL',
      'bar',
      [
        ['head-centre', 1],
        ['camera-centre', 4],
      ],
    ],
    [
      'x2 GAL, camera frame',
      'bar',
      [
        ['head-centre', 3],
        ['camera-centre', 2],
      ],
    ],
  ]);
});

test('choices that are numbers are a curve from the least to the largest', () => {
  const questions = drawn([
    { name: 'srl', learningRate: 0.01 },
    { name: 'srl' },
    { name: 'srl', learningRate: 0.0001 },
    { name: 'xqt', steps: 8 },
    { name: 'xqt' },
  ]);
  assert.deepEqual(Object.keys(questions), [
    'How far does “hyperparameter-free” reach?',
    'Does a longer training help?',
  ]);
  const [picture, shape, rotation] = questions['How far does “hyperparameter-free” reach?'];
  assert.deepEqual(picture, [
    'x SRL',
    'scatter',
    [
      [0.0001, 30],
      [TINY.training.learningRate, 20],
      [0.01, 10],
    ],
  ]);
  assert.deepEqual(shape, [
    'x2 SRL',
    'scatter',
    [
      [0.0001, 3],
      [TINY.training.learningRate, 2],
      [0.01, 1],
    ],
  ]);
  assert.deepEqual(rotation, [
    'x3 SRL',
    'scatter',
    [
      [0.0001, 300],
      [TINY.training.learningRate, 200],
      [0.01, 100],
    ],
  ]);
  const [steps] = questions['Does a longer training help?'];
  assert.deepEqual(steps, [
    'x XQT',
    'scatter',
    [
      [TINY.training.steps, 50],
      [8, 40],
    ],
  ]);
});
