import { FileError } from 'lib/files';
import { type ForeignModel, numberBudget, trianglesFrom } from './foreign-model';
import { openNpy } from './npy';
import { zipEntries } from './zip';

/** FLAME's shape directions: identity first, then expressions. */
const IDENTITY_MODES = 300;

/**
 * Reads the identity model of FLAME from the bytes of an `.npz`.
 *
 * `v_template` (N, 3), `f` (T, 3), `shapedirs` (N, 3, K): of K = 400 the first 300 are identity, the others expressions; a
 * coefficient of 1 is one standard deviation. Metres, +y up, the face toward +z; the origin may lie far from the head.
 *
 * Reference: Li et al. 2017; the layout as FLAME_PyTorch reads it, the unit and the frame as in the template that DECA publishes
 * (data/head_template.obj: the nose at z = +0.09, the head from y = 1.38 to 1.63).
 *
 * @throws {FileError} that names the array that is missing, does not fit, or is a pickle
 */
export function readFlame(file: string, bytes: Uint8Array): ForeignModel {
  const entries = zipEntries(file, bytes);
  let left = numberBudget(bytes.length);
  const read = (
    name: string,
    shape: (number | undefined)[],
    keep: (shape: number[]) => number,
    put: (size: number[]) => Put,
  ) => {
    const entry = entries.get(`${name}.npy`);
    if (!entry)
      throw new FileError(file, `must hold the array ${name}, but has ${[...entries.keys()].slice(0, 20).join(', ')}`);
    const source = entry.open();
    const array = openNpy(file, name, source, entry.size);
    if (
      array.shape.length !== shape.length ||
      shape.some((length, d) => length !== undefined && length !== array.shape[d])
    )
      throw new FileError(
        file,
        `${name} must be [${shape.map((length) => length ?? 'any').join(', ')}], but is [${array.shape}]`,
      );
    left -= keep(array.shape);
    if (left < 0)
      throw new FileError(file, `${name} is [${array.shape}], more numbers than a file of this size may unfold to`);
    array.read(put(array.shape));
    entry.check(source);
    return array.shape;
  };
  let mean = new Float64Array(0);
  const whole = ([a, b]: number[]) => 8 * a * b;
  const [points] = read('v_template', [undefined, 3], whole, ([n]) => {
    mean = new Float64Array(3 * n);
    return (value, i) => {
      mean[i] = value;
    };
  });
  let corners = new Float64Array(0);
  read('f', [undefined, 3], whole, ([t]) => {
    corners = new Float64Array(3 * t);
    return (value, i) => {
      corners[i] = value;
    };
  });
  let rows = new Float32Array(0);
  const kept = (modes: number) => Math.min(modes, IDENTITY_MODES);
  const [, , modes] = read(
    'shapedirs',
    [points, 3, undefined],
    ([n, , k]) => 12 * n * kept(k),
    ([n, , k]) => {
      rows = new Float32Array(3 * n * kept(k));
      return (value, i) => {
        const mode = i % k;
        if (mode < IDENTITY_MODES) rows[mode * 3 * n + (i - mode) / k] = value;
      };
    },
  );
  const others = ['posedirs', 'J_regressor', 'weights'].filter((name) => entries.has(`${name}.npy`));
  return {
    layout: 'FLAME (npz)',
    mean,
    rows,
    deviations: new Float64Array(kept(modes)).fill(1),
    triangles: trianglesFrom(file, 'f', corners, points),
    facing: '+z',
    unit: 'metre',
    notes: [
      ...(modes > IDENTITY_MODES ? [`left out the ${modes - IDENTITY_MODES} expression modes`] : []),
      ...(others.length > 0 ? [`left out what poses the head (${others.join(', ')})`] : []),
    ],
  };
}

type Put = (value: number, index: number) => void;
