import type { TriangleMesh } from 'lib/mesh';
import { coarserSurface } from './coarser-surface';
import type { Caption, Figure, MorphBody } from './figure';
import { shortNumberText } from './number-text';

/** A way in which a surface moves. */
export interface MorphDirection {
  /** Stands beside its slider, such as "component 1". */
  name: string;
  /** [3 points] cm, what one unit of the slider adds to each coordinate */
  displacement: ArrayLike<number>;
}

/** What a figure of a surface that moves shows. */
export interface MorphOptions extends Caption {
  /** The surface while all sliders are at 0. */
  mesh: TriangleMesh;
  directions: readonly MorphDirection[];
  /** Of the sliders, such as "SD". */
  unit: string;
  /** A slider goes from -range to range. */
  range: number;
}

/** Characters of base64 in a figure, at most: a page may hold several. */
const MOST_CHARACTERS = 1.5e6;
/** Indices are 16 bits wide. */
const MOST_POINTS = 65_535;

/**
 * A surface that moves under sliders, with the distance that a direction moves each point as its colour.
 *
 * All is computed in the page, so that it works without a kernel and without a network. Coordinates are sent as 16-bit
 * integers, to 1/65,534 of the largest coordinate or displacement: 2 micrometres for a head. A surface whose data would take
 * more than 1.5 MB is shown with fewer points, and the reading says so.
 *
 * @throws {RangeError} when there is no direction, a displacement does not fit the mesh, or the range is not positive
 */
export function morphFigure(options: MorphOptions): Figure {
  const { title, mesh, directions, unit, range } = options;
  const count = mesh.points.shape[0];
  if (directions.length === 0) throw new RangeError(`directions of "${title}" must hold at least one, but are empty`);
  for (const { name, displacement } of directions)
    if (displacement.length !== 3 * count)
      throw new RangeError(
        `displacement of "${name}" must hold 3 x ${count} numbers as the mesh has points, but holds ${displacement.length}`,
      );
  if (!(range > 0)) throw new RangeError(`range of "${title}" must be positive, but is ${range}`);
  // a point takes 3 coordinates and about 2 triangles, of 2 bytes a number, and 4 characters hold 3 bytes
  const most = Math.min(MOST_POINTS, Math.floor((MOST_CHARACTERS * 3) / 4 / (6 * directions.length + 18)));
  const { kept, triangles } = coarserSurface(mesh, most);
  const picked = (values: ArrayLike<number>) =>
    Float64Array.from({ length: 3 * kept.length }, (_, i) => values[3 * kept[Math.floor(i / 3)] + (i % 3)]);
  const body: MorphBody = {
    kind: 'morph',
    unit,
    range,
    points: quantised(picked(mesh.points.data)),
    triangles: Uint16Array.from(triangles),
    directions: directions.map(({ name, displacement }) => ({ name, ...quantised(picked(displacement)) })),
  };
  const fewer = kept.length < count ? ` Shown with ${kept.length} of ${count} points.` : '';
  const alternative =
    options.alternative ??
    `A surface of ${count} points that moves under sliders: ${directions.map((direction) => describe(direction, unit)).join('; ')}.`;
  return { title, howToRead: options.howToRead + fewer, alternative, body };
}

function describe({ name, displacement }: MorphDirection, unit: string): string {
  const lengths = Array.from({ length: displacement.length / 3 }, (_, n) =>
    Math.hypot(displacement[3 * n], displacement[3 * n + 1], displacement[3 * n + 2]),
  );
  const mean = lengths.reduce((a, b) => a + b, 0) / lengths.length;
  const largest = lengths.reduce((a, b) => Math.max(a, b), 0);
  return `${name} moves points by ${shortNumberText(10 * mean)} mm per ${unit} on average, at most ${shortNumberText(10 * largest)}`;
}

/** Numbers as steps of one size. */
function quantised(values: Float64Array): { step: number; steps: Int16Array } {
  // all zero: any step will do
  const step = values.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0) / 32767 || 1;
  return { step, steps: Int16Array.from(values, (value) => Math.round(value / step)) };
}
