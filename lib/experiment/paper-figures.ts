import { type Dataset, imageCount, poseOf, shapeOf } from 'lib/dataset';
import type { Prediction } from 'lib/evaluation';
import { curvesFigure, type Figure, meshFigure, tableFigure } from 'lib/figures';
import { cameraAngleDegrees } from 'lib/geometry';
import { instance, type MorphableModel } from 'lib/morphable-model';
import ndarray from 'ndarray';
import { PAPER_TABLE_1 } from './paper';
import { SPLITS, type Split } from './profile';
import type { Summary } from './summary';

const BIN_DEGREES = 10;

/** How many subjects and images the splits have, like Table 1, with the paper's beside them. */
export function splitsFigure({ subjects, images }: Pick<Summary, 'subjects' | 'images'>): Figure {
  return tableFigure({
    title: 'Subjects and images, like Table 1',
    howToRead: 'No subject is in two splits. The paper’s counts are before mirroring.',
    columns: [
      { key: 'split', label: 'split' },
      { key: 'subjects', label: 'subjects', digits: 0 },
      { key: 'images', label: 'images', digits: 0 },
      { key: 'ratio', label: 'images a subject', digits: 1 },
      { key: 'paperSubjects', label: 'the paper: subjects', digits: 0 },
      { key: 'paperImages', label: 'images', digits: 0 },
      { key: 'paperRatio', label: 'images a subject', digits: 1 },
    ],
    rows: SPLITS.map((split) => {
      const paper = PAPER_TABLE_1[split];
      return {
        split,
        subjects: subjects[split],
        images: images[split],
        ratio: images[split] / subjects[split],
        paperSubjects: paper.subjects,
        paperImages: paper.images,
        paperRatio: paper.images / paper.subjects,
      };
    }),
  });
}

/** From where the cameras of each split look, like Figure 4. */
export function cameraAnglesFigure(splits: Record<Split, Dataset>): Figure {
  const angles = SPLITS.map((split) => {
    const dataset = splits[split];
    return Array.from({ length: imageCount(dataset) }, (_, image) => cameraAngleDegrees(poseOf(dataset, image)));
  });
  const bins = Math.floor(Math.max(...angles.flat()) / BIN_DEGREES) + 1;
  return curvesFigure({
    title: 'Where the cameras stand, like Figure 4',
    howToRead: `The share of a split’s images in each bin of ${BIN_DEGREES} degrees: where there are few, a network has seen little.`,
    x: { label: 'angle between the camera and the face’s direction', unit: '°' },
    y: { label: 'images', unit: '%', fromZero: true },
    series: SPLITS.map((name, s) => {
      const counts = new Float64Array(bins);
      for (const angle of angles[s]) counts[Math.floor(angle / BIN_DEGREES)]++;
      return {
        name,
        x: Array.from(counts, (_, bin) => (bin + 0.5) * BIN_DEGREES),
        y: counts.map((count) => (100 * count) / angles[s].length),
      };
    }),
  });
}

/**
 * What more virtual views bring and cost, like Figure 6.
 *
 * @returns undefined when the run trained MRL with one number of views only
 */
export function viewsFigure({ rows }: Summary): Figure | undefined {
  const mrl = rows
    .map((row) => ({ ...row, views: Number(/^mrl-(\d+)$/.exec(row.loss)?.[1]) }))
    .filter(({ views }) => views > 0)
    .sort((a, b) => a.views - b.views);
  if (mrl.length < 2) return undefined;
  const x = mrl.map(({ views }) => views);
  const milliseconds = mrl.map(
    ({ seeds, steps }) => (1000 * seeds.reduce((sum, { seconds }) => sum + seconds, 0)) / (seeds.length * steps),
  );
  const band = (sign: number) =>
    mrl.map(({ errors, spread }) => errors.shapeMillimetres + sign * (spread?.shapeMillimetres ?? 0));
  return curvesFigure({
    title: 'How many virtual views, like Figure 6',
    howToRead:
      'Left, the shape error over all seeds, with a band of one standard deviation between seeds; right, the time of a step, validation included.',
    x: { label: 'virtual views V' },
    panels: [
      {
        name: 'Shape',
        y: { label: 'shape error', unit: 'mm' },
        series: [
          {
            name: 'MRL',
            x,
            y: mrl.map(({ errors }) => errors.shapeMillimetres),
            band: { low: band(-1), high: band(1) },
          },
        ],
      },
      {
        name: 'Cost',
        y: { label: 'a step', unit: 'ms', fromZero: true },
        series: [{ name: 'MRL', x, y: milliseconds }],
      },
    ],
  });
}

/** Which image has the largest angle between the camera and the face's direction. */
export function mostProfileImage(dataset: Dataset): number {
  const angles = Array.from({ length: imageCount(dataset) }, (_, image) => cameraAngleDegrees(poseOf(dataset, image)));
  return angles.indexOf(Math.max(...angles));
}

/** The true head of the image that is seen most from the side, and what networks make of it, like Figure 3. */
export function profileHeadsFigure(
  test: Dataset,
  model: MorphableModel,
  predictions: { title: string; of: Prediction[] }[],
): Figure {
  const image = mostProfileImage(test);
  const { triangles } = model;
  return meshFigure({
    title: 'Heads seen in profile, like Figure 3',
    howToRead: `All from the front, though the network saw them at ${cameraAngleDegrees(poseOf(test, image)).toFixed(0)} degrees: what a profile does not show is the breadth, and a loss that looks at the picture alone may flatten it. The image is the one with the largest angle.`,
    panels: [
      { name: 'truth', mesh: { points: ndarray(shapeOf(test, image), [test.points, 3]), triangles } },
      ...predictions.map(({ title, of }) => ({
        name: title,
        mesh: { points: instance(model, of[image].coefficients), triangles },
      })),
    ],
  });
}
