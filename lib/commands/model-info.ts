import { type ModelFile, readModelFile } from 'lib/morphable-model';

/** How many components' share of the variance is told. */
const COUNTS = [1, 3, 5, 10, 20, 50, 100, 200];

/** What a file of a morphable model holds, and what reading it into our unit and frame took, as lines of text. */
export const modelInfo = async (file: string): Promise<string> => describeModel(await readModelFile(file));

export function describeModel({ model, layout, unit, steps }: ModelFile): string {
  const { mean, triangles, variances } = model;
  const total = variances.reduce((a, b) => a + b, 0);
  const share = (count: number) => variances.subarray(0, count).reduce((a, b) => a + b, 0) / total;
  const counts = COUNTS.filter((count) => count < variances.length);
  const lines = [
    ['layout', layout],
    ['unit found', unit],
    ['points', mean.shape[0]],
    ['triangles', triangles.shape[0]],
    ['components', variances.length],
    ['extents', `${extents(mean.data).join(' x ')} mm (across, up, front to back)`],
    [
      'variance',
      counts.length > 0
        ? `${counts.map((count) => `${(100 * share(count)).toFixed(1)} % by ${count}`).join(', ')} of the ${variances.length} components`
        : 'all by one component',
    ],
  ].map(([name, value]) => `${String(name).padEnd(12)}${value}`);
  const done = steps.length > 0 ? steps.map((step) => `  - ${step}`) : ['  - nothing: it is in our unit and frame'];
  return [...lines, 'what was done to it', ...done].join('\n');
}

/** How far the mean reaches along each axis, in mm. */
function extents(points: Float32Array): number[] {
  return [0, 1, 2].map((axis) => {
    let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (let i = axis; i < points.length; i += 3) {
      low = Math.min(low, points[i]);
      high = Math.max(high, points[i]);
    }
    return Math.round(10 * (high - low));
  });
}
