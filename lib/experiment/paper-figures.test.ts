import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Dataset } from 'lib/dataset';
import type { Figure } from 'lib/figures';
import { quaternionFromAxisAngle, rotate } from 'lib/geometry';
import { knownModel } from '../morphable-model/known-model.fixture';
import { cameraAnglesFigure, profileHeadsFigure, splitsFigure, viewsFigure } from './paper-figures';
import type { Summary } from './summary';

const model = knownModel(4, [1]);

/** Images from cameras that are turned by so many degrees about the head's vertical axis; image i shows subject i. */
function seenFrom(degrees: number[]): Dataset {
  const poses = degrees.map((degree) => {
    const rotation = quaternionFromAxisAngle([0, 1, 0], (degree * Math.PI) / 180);
    return { rotation, centre: rotate(rotation, [0, 0, -60]) };
  });
  const shapes = degrees.flatMap((_, subject) => Array.from(model.mean.data, (v) => v + subject));
  return {
    imageSize: 1,
    images: new Uint8Array(3 * degrees.length),
    subjects: Uint32Array.from(degrees, (_, i) => i),
    rotations: Float32Array.from(poses.flatMap(({ rotation }) => rotation)),
    translations: Float32Array.from(poses.flatMap(({ centre }) => centre)),
    shapes: Float32Array.from(shapes),
    points: 4,
  };
}

const traces = ({ body }: Figure) => {
  assert.equal(body.kind, 'plot');
  return (body.kind === 'plot' ? body.data : []) as { type?: string; name: string; x: number[]; y: number[] }[];
};

test('the table of splits has our counts and ratios beside the paper’s', () => {
  const { body } = splitsFigure({
    subjects: { train: 10, validation: 2, test: 4 },
    images: { train: 44, validation: 9, test: 19 },
  });
  assert.equal(body.kind, 'table');
  if (body.kind !== 'table') return;
  assert.deepEqual(
    body.rows.map(({ cells }) => cells.map(({ text }) => text.replace(',', ''))),
    [
      ['train', '10', '44', '4.4', '4543', '20349', '4.5'],
      ['validation', '2', '9', '4.5', '675', '2976', '4.4'],
      ['test', '4', '19', '4.8', '1310', '6347', '4.8'],
    ],
  );
});

test('camera angles are counted in bins of ten degrees, as shares of their own split', () => {
  const [train, validation, testing] = traces(
    cameraAnglesFigure({ train: seenFrom([7, -7, 28, 72]), validation: seenFrom([15]), test: seenFrom([-35, 3]) }),
  );
  assert.deepEqual(Array.from(train.x), [5, 15, 25, 35, 45, 55, 65, 75]);
  assert.deepEqual(Array.from(train.y), [50, 0, 25, 0, 0, 0, 0, 25]);
  assert.deepEqual(Array.from(validation.y), [0, 100, 0, 0, 0, 0, 0, 0]);
  assert.deepEqual(Array.from(testing.y), [50, 0, 0, 50, 0, 0, 0, 0]);
});

test('views are in order, with the spread between seeds and the time of a step; variations of MRL are not among them', () => {
  const row = (loss: string, shapeMillimetres: number, seconds: number[], spread?: number) => ({
    loss,
    errors: { shapeMillimetres },
    ...(spread && { spread: { shapeMillimetres: spread } }),
    steps: 1000,
    seeds: seconds.map((s) => ({ seconds: s })),
  });
  const of = (...rows: ReturnType<typeof row>[]) => viewsFigure({ rows } as unknown as Summary);
  const figure = of(
    row('mrl-8', 3, [80, 100], 0.5),
    row('mrl-2.squared', 9, [1]),
    row('srl', 9, [1]),
    row('mrl-1', 4, [40, 60], 0.25),
  );
  assert.ok(figure);
  const drawn = traces(figure).map(({ x, y }) => [Array.from(x), Array.from(y)]);
  assert.deepEqual(
    drawn.filter(([, y]) => y.length === 2),
    [
      [
        [1, 8],
        [4, 3],
      ],
      [
        [1, 8],
        [50, 90],
      ],
    ],
  );
  assert.deepEqual(
    drawn.filter(([, y]) => y.length === 4).map(([, y]) => [...y].sort()),
    [[2.5, 3.5, 3.75, 4.25]],
  );
  assert.equal(of(row('mrl-2', 3, [80])), undefined);
});

test('heads in profile are those of the image with the largest angle', () => {
  const data = seenFrom([10, -80, 30]);
  const predictions = [
    { title: 'SRL', of: [0, 1, 2].map((c) => ({ coefficients: Float32Array.of(c), pose: {} as never })) },
  ];
  const [truth, srl] = traces(profileHeadsFigure(data, model, predictions));
  assert.ok(Math.abs(truth.x[0] - (model.mean.get(0, 0) + 1)) < 1e-5);
  const moved = model.mean.get(0, 0) + Math.sqrt(model.variances[0]) * model.components.get(0, 0);
  assert.ok(Math.abs(srl.x[0] - moved) < 1e-5);
});
