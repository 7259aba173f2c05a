import { pictureBuffers, renderPicture } from 'lib/dataset';
import { mean, protocolText, SCAN_PROTOCOLS, type ScanProtocolName, type ScanStatistic } from 'lib/evaluation';
import {
  type Cell,
  curvesFigure,
  errorStops,
  type Figure,
  missingColour,
  type Picture,
  picturesFigure,
  tableFigure,
} from 'lib/figures';
import { quaternionFromAxisAngle, rotate, rotationMatrix } from 'lib/geometry';
import { triangleMesh, vertexNormals } from 'lib/mesh';
import { instance, type MorphableModel } from 'lib/morphable-model';
import { PAPER_TABLE_3 } from './paper';
import type { RunFiles } from './run';
import { MEAN_HEAD, readScanHeatmap, type ScanEvaluation, shownCases } from './scan-evaluation';

const DATASETS = { micc: 'MICC Florence', facewarehouse: 'FaceWarehouse' } as const;

/** What an evaluation is of, so that nobody takes made people for a data set. */
export const datasetTitle = ({ layout, standIn }: Pick<ScanEvaluation, 'layout' | 'standIn'>): string => {
  if (!standIn) return DATASETS[layout];
  const heads = standIn.heads === 'ict-facekit' ? 'heads of ICT-FaceKit' : 'a second population';
  return `stand-in for ${DATASETS[layout]} (rendered: ${heads})`;
};

const NOW_MEDIAN = { ...SCAN_PROTOCOLS.now, reports: ['medianMillimetres'] as const };

/** Errors against scans, like Table 3, by each protocol, and the paper's own numbers beside them. */
export function scanTableFigure(evaluation: ScanEvaluation): Figure {
  const { cases, losses, standIn, layout } = evaluation;
  const whole = cases.filter(({ failure }) => failure === undefined);
  const row = (loss: string): Record<string, Cell> => {
    const of = (protocol: ScanProtocolName, key: ScanStatistic) =>
      meanOf(
        whole.map(({ errors }) => {
          const found = errors[loss]?.protocols[protocol];
          return found && !('failure' in found) ? found[key] : undefined;
        }),
      );
    const [value, spread] = [of('now', 'meanMillimetres'), of('now', 'standardDeviationMillimetres')];
    return {
      paper: of('paper', 'meanMillimetres'),
      similarity: of('similarity-95mm', 'rootMeanSquareMillimetres'),
      nowMedian: of('now', 'medianMillimetres'),
      nowMean: value === undefined || spread === undefined ? undefined : { value, spread },
      truth: meanOf(whole.map(({ errors }) => errors[loss]?.trueMillimetres)),
    };
  };
  const published = (loss: string) => PAPER_TABLE_3.find((paper) => paper.loss === loss)?.[layout];
  const known = whole.some(({ errors }) => Object.values(errors).some((error) => error.trueMillimetres !== undefined));
  const failed = cases.length - whole.length;
  return tableFigure({
    title: `Shape errors on ${peopleText(whole.length)} of the ${datasetTitle(evaluation)}, like Table 3`,
    howToRead:
      `Means over people, one network a loss (seed ${evaluation.seed}); bold is the best. Each column is another way to lay a prediction on a scan, and columns do not compare with each other. ${standIn ? 'These people are rendered and their scans simulated: compare the order of losses with the paper’s column, not the numbers. ' : ''}${known ? 'The error at true correspondence knows which point is which, as no scan of a real person does. ' : ''}${failed > 0 ? `Left out since they failed: ${peopleText(failed)}.` : ''}`.trim(),
    columns: [
      { key: 'loss', label: 'loss' },
      { key: 'paper', label: `protocol of the paper: ${protocolText(SCAN_PROTOCOLS.paper)}`, best: 'lowest' },
      {
        key: 'similarity',
        label: `of Deep3D’s author: ${protocolText(SCAN_PROTOCOLS['similarity-95mm'])}`,
        best: 'lowest',
      },
      { key: 'nowMedian', label: `of NoW: ${protocolText(NOW_MEDIAN)}`, best: 'lowest' },
      { key: 'nowMean', label: 'the same: mean ± standard deviation, mm' },
      ...(known
        ? [
            {
              key: 'truth',
              label: 'at true correspondence: mean, mm; rigid motion of the same points',
              best: 'lowest' as const,
            },
          ]
        : []),
      { key: 'published', label: `the paper, on ${DATASETS[layout]}: mean, mm`, digits: 1 },
    ],
    rows: losses.map(({ loss, title }) => ({
      loss: title,
      ...withoutTruth(row(loss), known),
      published: published(loss),
    })),
    referenceRows: [{ loss: 'mean head', ...withoutTruth(row(MEAN_HEAD), known) }],
  });
}

const peopleText = (count: number): string => `${count} ${count === 1 ? 'person' : 'people'}`;

function withoutTruth({ truth, ...others }: Record<string, Cell>, known: boolean): Record<string, Cell> {
  return known ? { ...others, truth } : others;
}

/** Of those that are there. */
function meanOf(values: (number | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== undefined);
  return known.length > 0 ? mean(known) : undefined;
}

/**
 * The error by the paper's protocol over that at true correspondence, a point for each person and loss.
 *
 * @returns undefined where no true shape is known
 */
export function scanCorrelationFigure(evaluations: ScanEvaluation[]): Figure | undefined {
  const known = evaluations.filter(({ correlation }) => correlation !== undefined);
  if (known.length === 0) return undefined;
  const panels = known.map((evaluation) => ({
    name: `${DATASETS[evaluation.layout]}${evaluation.standIn ? ', stand-in' : ''}`,
    y: { label: 'error after ICP', unit: 'mm', fromZero: true },
    series: evaluation.losses.map(({ loss, title }) => {
      const points = evaluation.cases.flatMap(({ errors }) => {
        const { protocols: { paper } = {}, trueMillimetres } = errors[loss] ?? {};
        return paper && !('failure' in paper) && trueMillimetres !== undefined
          ? [[trueMillimetres, paper.meanMillimetres]]
          : [];
      });
      return { name: title, x: points.map(([x]) => x), y: points.map(([, y]) => y), mark: 'points' as const };
    }),
  }));
  return curvesFigure({
    title: 'What ICP says, and what is true',
    howToRead: `A point is a person and a loss: how far the nearest points are apart over how far the right ones are. On a line through the origin ICP would be a fair ruler; points low and to the right are errors that it does not see. ${known.map(correlationText).join(' ')}`,
    x: { label: 'error at true correspondence', unit: 'mm', fromZero: true },
    panels,
  });
}

/** In a sentence: how the error after ICP goes with the true one. */
export function correlationText(evaluation: ScanEvaluation): string {
  const { correlation } = evaluation;
  if (!correlation) return `For the ${datasetTitle(evaluation)} no true shape is known.`;
  const own = Object.values(correlation.byLoss).sort((a, b) => a - b);
  const within =
    own.length > 0
      ? `, and over people within one loss from ${own[0].toFixed(2)} to ${own[own.length - 1].toFixed(2)}`
      : '';
  return `For the ${datasetTitle(evaluation)} the error after ICP and that at true correspondence correlate with r = ${correlation.all.toFixed(2)} over all ${correlation.pairs} points${within}.`;
}

/** Where the scale of Figure 7 ends, mm, and how wide its pictures are, pixels. */
const MOST_MILLIMETRES = 5;
const PICTURE_SIZE = 160;
const BAR = 8;

/**
 * Where each loss's prediction is wrong, like Figure 7: the first people of each evaluation, a column each; a row is a loss.
 *
 * @param files  of the run, whose heatmaps are read
 */
export function scanHeatmapsFigure(
  evaluations: ScanEvaluation[],
  model: MorphableModel,
  files: Pick<RunFiles, 'scanCase'>,
): Figure | undefined {
  const people = shownCases(evaluations).map(({ evaluation, name }) => ({
    evaluation,
    name,
    heatmap: readScanHeatmap(files.scanCase(evaluation.dataset, name).heatmap),
    errors: evaluation.cases.find((one) => one.name === name)?.errors ?? {},
  }));
  if (people.length === 0) return undefined;
  // those that all evaluations have
  const losses = evaluations[0].losses.filter(({ loss }) =>
    evaluations.every((evaluation) => evaluation.losses.some((own) => own.loss === loss)),
  );
  const seen = people.map(
    ({ name, evaluation, heatmap }): Picture => ({
      caption: `${name}, ${evaluation.standIn ? 'stand-in: rendered' : 'photograph'}: what the networks saw`,
      ...enlarged(heatmap.seen.pixels, heatmap.seen.size),
    }),
  );
  const rows = losses.flatMap(({ loss, title }) =>
    people.map(({ name, evaluation, heatmap, errors }): Picture => {
      const n = evaluation.losses.findIndex((own) => own.loss === loss);
      const { paper } = errors[loss]?.protocols ?? {};
      const error = paper && !('failure' in paper) ? `${paper.meanMillimetres.toFixed(1)} mm` : 'no result';
      return {
        caption: `${title}, ${name}: ${error}`,
        pixels: heatPortrait(model, heatmap.coefficients[n], heatmap.distances[n]),
        width: PICTURE_SIZE,
        height: PICTURE_SIZE,
      };
    }),
  );
  return picturesFigure({
    title: 'Where predictions are wrong, like Figure 7',
    howToRead: `A column is a person, the first of each data set as they come; a row is a loss. Colour is the distance to the scan after ICP by the paper’s protocol, on one scale, the strip below each head: dark violet 0 mm, green ${MOST_MILLIMETRES / 2} mm, yellow ${MOST_MILLIMETRES} mm or more; grey was not judged, since the scan ends there. A mean in mm stands below.`,
    pictures: [...seen, ...rows],
    columns: people.length,
    scale: 1,
  });
}

/** [size, size, 3] of the figure's size, each pixel the nearest one. */
function enlarged(pixels: Uint8Array, size: number) {
  const into = new Uint8Array(3 * PICTURE_SIZE ** 2);
  for (let i = 0; i < into.length; i++) {
    const [row, column] = [Math.floor(i / 3 / PICTURE_SIZE), Math.floor(i / 3) % PICTURE_SIZE];
    const [y, x] = [row, column].map((v) => Math.floor((v * size) / PICTURE_SIZE));
    into[i] = pixels[3 * (y * size + x) + (i % 3)];
  }
  return { pixels: into, width: PICTURE_SIZE, height: PICTURE_SIZE };
}

/** Linear light of an sRGB colour such as #440154. */
const linear = (colour: string): number[] =>
  [1, 3, 5].map((at) => {
    const value = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
const STOPS = errorStops.map(linear);
const MISSING = linear(missingColour);

/** The scale's colour in linear light; NaN is grey. */
function colourOf(millimetres: number): number[] {
  if (!Number.isFinite(millimetres)) return MISSING;
  const place = Math.min(1, millimetres / MOST_MILLIMETRES) * (STOPS.length - 1);
  const step = Math.min(STOPS.length - 2, Math.floor(place));
  return STOPS[step].map((v, c) => v + (place - step) * (STOPS[step + 1][c] - v));
}

/** The predicted head a little from the side, coloured, with the scale below it. */
function heatPortrait(model: MorphableModel, coefficients: Float32Array, distances: Float32Array): Uint8Array {
  const mesh = triangleMesh(instance(model, coefficients), model.triangles);
  const turn = quaternionFromAxisAngle([0, 1, 0], -Math.PI / 9);
  const pixels = renderPicture(
    {
      points: mesh.points.data,
      triangles: mesh.triangles.data,
      normals: vertexNormals(mesh).data,
      albedo: Float32Array.from([...distances].flatMap(colourOf)),
    },
    {
      rotation: rotationMatrix(turn),
      centre: rotate(turn, [0, 0, -75]),
      focalLengthPixels: 2.35 * PICTURE_SIZE,
      size: PICTURE_SIZE,
    },
    FAINT,
    { background: [1, 1, 1], buffers: BUFFERS },
  );
  for (let row = PICTURE_SIZE - BAR; row < PICTURE_SIZE; row++)
    for (let column = 0; column < PICTURE_SIZE; column++) {
      const stop = Math.floor((column / PICTURE_SIZE) * errorStops.length);
      for (let c = 0; c < 3; c++)
        pixels[3 * (row * PICTURE_SIZE + column) + c] = Number.parseInt(
          errorStops[stop].slice(1 + 2 * c, 3 + 2 * c),
          16,
        );
    }
  return pixels;
}

const BUFFERS = pictureBuffers();
/** White from everywhere, a little more from above: only as much shade as shows the form. */
const FAINT = {
  harmonics: Float32Array.from({ length: 27 }, (_, i) => (i < 3 ? 2.9 : i < 6 ? 0.35 : 0)),
};
