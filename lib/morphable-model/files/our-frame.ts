import { FileError } from 'lib/files';
import { signedVolume, triangleMesh } from 'lib/mesh';
import ndarray from 'ndarray';
import type { MorphableModel } from '../morphable-model';
import type { ForeignModel, Unit } from './foreign-model';
import { orthonormalModes } from './orthonormal-modes';

const CENTIMETRES: Record<Unit, number> = { micrometre: 1e-4, millimetre: 0.1, centimetre: 1, metre: 100 };
/** A face mask is 15 cm high, a head with its neck 35: a factor of ten lies between units, so that the size tells them. */
const [SMALLEST, LARGEST] = [8, 80];
/** Public models have 63 to 400; the time of making them orthonormal grows with the cube. */
const MOST_COMPONENTS = 512;
/** In cm: a float32 of a head's size ends a digit later. */
const CENTRED = 1e-5;
/** Of the bounding box's volume: a smaller one says nothing of the winding. */
const FLAT = 1e-3;

/**
 * Puts a model into our unit and frame, and says in sentences what that took: centimetres (by the size of the mean, which no
 * head leaves in doubt), +y up, the face toward -z, the mean's centroid at the origin, triangles counter-clockwise seen from
 * outside, components of unit length and orthogonal with falling variances in cm². The distribution of shapes stays what it was.
 *
 * A file that says nothing of its frame keeps its axes, and its origin too where that lies within the mean.
 *
 * @throws {FileError} that names the file and what does not fit
 */
export function intoOurFrame(
  file: string,
  foreign: ForeignModel,
): { model: MorphableModel; unit: Unit; steps: string[] } {
  const { mean, rows, triangles } = foreign;
  check(file, foreign);
  const steps: string[] = [];
  const deviations = foreign.deviations.slice();
  const unit = foreign.ours ? 'centimetre' : unitBySize(file, mean);
  const scale = CENTIMETRES[unit];
  if (foreign.unit && unit !== foreign.unit)
    steps.push(
      `took it for ${unit}s, as a head of ${size(extent(mean))} must be, though the layout's unit is the ${foreign.unit}`,
    );
  if (scale !== 1) {
    for (let i = 0; i < mean.length; i++) mean[i] *= scale;
    for (let k = 0; k < deviations.length; k++) deviations[k] *= scale;
    steps.push(`scaled by ${scale}, from ${unit}s to centimetres`);
  }
  if (foreign.facing === '+z') {
    for (const values of [mean, rows])
      for (let i = 0; i < values.length; i += 3) {
        values[i] = -values[i];
        values[i + 2] = -values[i + 2];
      }
    steps.push('turned by 180 degrees about +y, since the face looks toward +z');
  } else if (!foreign.facing && !foreign.ours) steps.push('kept the axes: the file does not say where the face looks');
  if (!foreign.ours) {
    const centre = centroid(mean);
    const isOff = centre.some((c) => Math.abs(c) > CENTRED);
    if (isOff && (foreign.facing || outside(mean))) {
      for (let i = 0; i < mean.length; i++) mean[i] -= centre[i % 3];
      const moved = centre.map((c) => (-c).toFixed(2).replace(/^-0\.00$/, '0.00')).join(', ');
      steps.push(`moved by (${moved}) cm, so that the mean's centroid is the origin`);
    }
    if (runsInwards(mean, triangles)) {
      for (let t = 0; t < triangles.length; t += 3)
        [triangles[t + 1], triangles[t + 2]] = [triangles[t + 2], triangles[t + 1]];
      steps.push(`reversed the ${triangles.length / 3} triangles, which ran clockwise seen from outside`);
    }
  }
  const modes = orthonormalModes(rows, deviations, mean.length);
  if (modes.step) steps.push(modes.step);
  if (modes.variances.length === 0)
    throw new FileError(file, 'must have a mode that moves the mean, but all of its modes are 0');
  const model = {
    mean: ndarray(Float32Array.from(mean), [mean.length / 3, 3]),
    components: ndarray(modes.components, [modes.variances.length, mean.length]),
    variances: modes.variances,
    triangles: ndarray(triangles, [triangles.length / 3, 3]),
  };
  return { model, unit, steps: [...steps, ...foreign.notes] };
}

function check(file: string, { mean, rows, deviations, triangles }: ForeignModel): void {
  if (mean.length < 9 || mean.length % 3 !== 0)
    throw new FileError(file, `the mean must have three numbers for each of at least 3 points, but has ${mean.length}`);
  if (deviations.length === 0) throw new FileError(file, 'must have components, but has none');
  if (deviations.length > Math.min(MOST_COMPONENTS, mean.length))
    throw new FileError(
      file,
      `the components must be at most ${Math.min(MOST_COMPONENTS, mean.length)}, but are ${deviations.length}`,
    );
  if (triangles.length === 0) throw new FileError(file, 'must have triangles, but has none');
  const finite = (values: ArrayLike<number>, what: string) => {
    for (let i = 0; i < values.length; i++)
      // a float32 ends at 3.4e38, and so do squares of half as many digits
      if (!(Math.abs(values[i]) < 1e15))
        throw new FileError(file, `${what} must be finite, but number ${i} is ${values[i]}`);
  };
  finite(mean, 'the mean');
  finite(rows, 'the components');
  finite(deviations, 'the standard deviations');
}

function bounds(mean: Float64Array): { low: number[]; high: number[] } {
  const low = [Infinity, Infinity, Infinity];
  const high = [-Infinity, -Infinity, -Infinity];
  for (let i = 0; i < mean.length; i++) {
    low[i % 3] = Math.min(low[i % 3], mean[i]);
    high[i % 3] = Math.max(high[i % 3], mean[i]);
  }
  return { low, high };
}

function extent(mean: Float64Array): number {
  const { low, high } = bounds(mean);
  return Math.max(...high.map((v, axis) => v - low[axis]));
}

const size = (value: number): string => String(Number(value.toPrecision(3)));

function unitBySize(file: string, mean: Float64Array): Unit {
  const largest = extent(mean);
  const units = Object.keys(CENTIMETRES) as Unit[];
  const unit = units.find((each) => largest * CENTIMETRES[each] >= SMALLEST && largest * CENTIMETRES[each] < LARGEST);
  if (unit) return unit;
  throw new FileError(
    file,
    `the mean must be a head of ${SMALLEST} to ${LARGEST} cm in micrometres, millimetres, centimetres or metres, but spans ${size(largest)}`,
  );
}

function centroid(mean: Float64Array): number[] {
  const sum = [0, 0, 0];
  for (let i = 0; i < mean.length; i++) sum[i % 3] += mean[i];
  return sum.map((s) => (3 * s) / mean.length);
}

/** Whether the origin lies outside of the mean's bounding box. */
function outside(mean: Float64Array): boolean {
  const { low, high } = bounds(mean);
  return low.some((v, axis) => v > 0 || high[axis] < 0);
}

/** Whether triangles run clockwise seen from outside: the volume between them and the mean's centroid is negative. */
function runsInwards(mean: Float64Array, triangles: Uint32Array): boolean {
  const centre = centroid(mean);
  const points = Float32Array.from(mean, (v, i) => v - centre[i % 3]);
  const { low, high } = bounds(mean);
  const box = high.reduce((volume, v, axis) => volume * (v - low[axis]), 1);
  return signedVolume(triangleMesh(points, triangles)) < -FLAT * box;
}
