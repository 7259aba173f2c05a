import { FileError } from 'lib/files';
import { type ForeignModel, numberBudget, trianglesFrom } from './foreign-model';
import { type MatVariable, visitMat } from './mat';

/**
 * Reads the shape model of the Basel Face Model 2009 from the bytes of its `01_MorphableModel.mat`.
 *
 * `shapeMU` (3N x 1), `shapePC` (3N x K, unit columns), `shapeEV` (K x 1, standard deviations in spite of the name), `tl`
 * (T x 3, from 1, clockwise seen from outside). Micrometres, +y up, the face toward +z.
 *
 * Reference: Paysan et al. 2009; the layout as eos reads it (share/scripts/convert-bfm2009-to-eos.py), which notes the
 * deviations, the first index and the winding.
 *
 * @throws {FileError} that names the variable that is missing or does not fit
 */
export function readBasel2009(file: string, bytes: Uint8Array): ForeignModel {
  const budget = { left: numberBudget(bytes.length) };
  const found: Record<string, { shape: number[]; data: Float32Array | Float64Array }> = {};
  const ignored: string[] = [];
  visitMat(file, bytes, (variable) => {
    const { name, shape } = variable;
    if (name.startsWith('tex')) ignored.push(name);
    if (!['shapeMU', 'shapePC', 'shapeEV', 'tl'].includes(name)) return;
    if (found[name]) throw new FileError(file, `${name} must be there once, but is there twice`);
    found[name] = { shape, data: readAll(file, variable, budget, name === 'shapePC') };
  });
  const one = (name: string) => {
    if (!found[name]) throw new FileError(file, `must hold the variable ${name}, but does not`);
    return found[name];
  };
  const mean = one('shapeMU');
  const components = one('shapePC');
  const deviations = one('shapeEV');
  const triangles = one('tl');
  const [size, count] = components.shape;
  if (mean.data.length !== size || deviations.data.length !== count || components.shape.length !== 2)
    throw new FileError(
      file,
      `shapePC must be [${mean.data.length}, ${deviations.data.length}] as shapeMU and shapeEV say, but is [${components.shape}]`,
    );
  if (triangles.shape.length !== 2 || triangles.shape[1] !== 3)
    throw new FileError(file, `tl must be [triangles, 3], but is [${triangles.shape}]`);
  // the file has corner by corner, since MATLAB's order is column-major
  const byCorner = triangles.data;
  const faces = triangles.shape[0];
  const corners = Float64Array.from(byCorner, (_, i) => byCorner[(i % 3) * faces + Math.floor(i / 3)]);
  return {
    layout: 'Basel Face Model 2009 (MAT)',
    mean: Float64Array.from(mean.data),
    rows: components.data as Float32Array,
    deviations: Float64Array.from(deviations.data),
    triangles: trianglesFrom(file, 'tl', corners, mean.data.length / 3, 1),
    facing: '+z',
    unit: 'micrometre',
    notes: [
      'took corners of triangles from 1 to from 0',
      ...(ignored.length > 0 ? [`left out the colour model (${ignored.join(', ')})`] : []),
    ],
  };
}

function readAll(file: string, { name, shape, read }: MatVariable, budget: { left: number }, large: boolean) {
  const count = shape.reduce((a, b) => a * b, 1);
  budget.left -= count * (large ? 4 : 8);
  if (budget.left < 0)
    throw new FileError(file, `${name} is [${shape}], more numbers than a file of this size may unfold to`);
  const data = large ? new Float32Array(count) : new Float64Array(count);
  read((value, i) => {
    data[i] = value;
  });
  return data;
}
