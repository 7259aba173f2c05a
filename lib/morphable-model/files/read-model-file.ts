import fs from 'node:fs';
import { checkSeal, FileError, readBounded } from 'lib/files';
import { readIctFaceKit } from '../ict-facekit';
import type { MorphableModel } from '../morphable-model';
import { readBasel2009 } from './basel-2009';
import { isEos, readEos } from './eos';
import { readFlame } from './flame';
import type { ForeignModel, Unit } from './foreign-model';
import { isMat } from './mat';
import { intoOurFrame } from './our-frame';
import { readStatismo } from './statismo';
import { isZip } from './zip';

/** A model in our frame, with what is known of where it came from. */
export interface ModelFile {
  model: MorphableModel;
  /** What the file was recognised as. */
  layout: string;
  /** The unit that it stood in. */
  unit: Unit;
  /** What was done to it and what was left out, in sentences. */
  steps: string[];
}

/** Files that are read whole. */
const MOST_BYTES = 2 ** 30;
const HDF5_SIGNATURE = '\x89HDF\r\n\x1a\n';

/**
 * Reads a morphable model of any layout that we know, told by its content: Basel 2009 (`.mat`), Basel 2017 and 2019 and
 * statismo (`.h5`), FLAME (`.npz`), eos and Surrey (`.bin`), or the folder of ICT-FaceKit; and puts it into our unit and frame.
 *
 * Only the shape of the neutral face is read: models of colour and of expressions are left out, and `steps` says so.
 *
 * @throws {FileError} that names the file and the field that is wrong, or says why a pickle is not read
 */
export async function readModelFile(file: string): Promise<ModelFile> {
  const found = fs.statSync(file, { throwIfNoEntry: false });
  if (!found) throw new FileError(file, 'is not there');
  const foreign = found.isDirectory() ? readIctModel(file) : await readForeign(file);
  return { layout: foreign.layout, ...intoOurFrame(file, foreign) };
}

async function readForeign(file: string): Promise<ForeignModel> {
  const start = beginning(file);
  if (start.toString('latin1', 0, 8) === HDF5_SIGNATURE) {
    // one of our own that was changed: HDF5 itself would read other numbers
    checkSeal(file, readBounded(file, MOST_BYTES));
    return readStatismo(file);
  }
  refuseOthers(file, start);
  return parseModel(file, readBounded(file, MOST_BYTES));
}

/** The model in a file's bytes, of the layouts that are no HDF5. */
export function parseModel(file: string, bytes: Buffer): ForeignModel {
  refuseOthers(file, bytes);
  if (isMat(bytes)) return readBasel2009(file, bytes);
  if (isZip(bytes)) return readFlame(file, bytes);
  if (isEos(bytes)) return readEos(file, bytes);
  throw new FileError(
    file,
    `is no model that can be read: it must be a .mat, .h5, .npz or .bin, but begins with ${JSON.stringify(bytes.toString('latin1', 0, 12))}`,
  );
}

function beginning(file: string): Buffer {
  const bytes = Buffer.alloc(128);
  const handle = fs.openSync(file, 'r');
  try {
    return bytes.subarray(0, fs.readSync(handle, bytes, 0, bytes.length, 0));
  } finally {
    fs.closeSync(handle);
  }
}

/** A pickle begins with 0x80 and its protocol, 2 to 5; those of protocol 0 are text, and only their name tells. */
function refuseOthers(file: string, start: Buffer): void {
  if ((start[0] === 0x80 && start[1] >= 2 && start[1] <= 5) || /\.(pkl|pickle)$/i.test(file))
    throw new FileError(file, `is a Python pickle, which runs code when it is loaded, so none is read. ${CONVERSION}`);
  if (/^MATLAB 7\.3/.test(start.toString('latin1', 0, 10)))
    throw new FileError(file, 'must be a MAT file of version 5, but is of 7.3; MATLAB writes it with save -v7');
}

const CONVERSION = `If you trust where it comes from, convert it once:
  python3 - <<'END'
  import pickle, numpy
  model = pickle.load(open('generic_model.pkl', 'rb'), encoding='latin1')
  keep = {name: numpy.asarray(model[name]) for name in ('v_template', 'f', 'shapedirs')}
  numpy.savez_compressed('flame.npz', **{name: array.astype('i4' if name == 'f' else 'f4') for name, array in keep.items()})
  END`;

/** ICT-FaceKit's identity modes, which its reader has put into our frame already. */
function readIctModel(folder: string): ForeignModel {
  const { neutral, modes, triangles } = readIctFaceKit(folder);
  const rows = new Float32Array(modes.length * neutral.data.length);
  modes.forEach((mode, k) => {
    rows.set(mode, k * neutral.data.length);
  });
  return {
    layout: 'ICT-FaceKit (folder)',
    mean: Float64Array.from(neutral.data),
    rows,
    deviations: new Float64Array(modes.length).fill(1),
    triangles: triangles.data,
    ours: true,
    notes: [
      "turned by 180 degrees about +y and moved, so that the face's centroid is the origin",
      "left out the expressions, and the mouth's inside, teeth, lashes and fluids",
    ],
  };
}
