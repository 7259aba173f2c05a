// Reads HDF5 files of strangers in a thread of its own: the library is compiled C, which may abort, loop, or ask for all memory.
import fs from 'node:fs';
import { resolve } from 'node:path';
import { parentPort } from 'node:worker_threads';

// the library's memory is WebAssembly's, which no resource limit of a worker bounds; it asks here for more
const { grow } = WebAssembly.Memory.prototype;
let mostHeapBytes = 64 * 2 ** 20;
WebAssembly.Memory.prototype.grow = function bounded(pages) {
  const bytes = this.buffer.byteLength + 65_536 * pages;
  if (bytes > mostHeapBytes) throw new RangeError(`${bytes} bytes are more than a file may take`);
  return grow.call(this, pages);
};

// HDF5 can say that its numbers lie in other files (external links, external storage, virtual datasets); none is opened
const { openSync } = fs;
let allowed;
fs.openSync = (file, ...rest) => {
  if (allowed && resolve(String(file)) !== allowed)
    throw Object.assign(new Error(`${file} is another file`), { code: 'EACCES' });
  return openSync(file, ...rest);
};

// the library prints what it finds wrong; the innermost line of it is the reason that an error gives
const { writeSync } = fs;
let printed = '';
fs.writeSync = (handle, data, offset, length, ...rest) => {
  if (handle > 2) return writeSync(handle, data, offset, length, ...rest);
  printed = (printed + Buffer.from(data.buffer, data.byteOffset + offset, length).toString('latin1')).slice(-20_000);
  return length;
};
console.error = () => {};

const h5wasm = await import('h5wasm/node');
const library = await h5wasm.ready;
const { File } = h5wasm.default ?? h5wasm;
// a read that fails gives a status, which the package does not look at: the numbers would be what was in the memory before
for (const name of ['get_dataset_data', 'get_attribute_data']) {
  const read = library[name];
  library[name] = (...args) => {
    if (read(...args) < 0) throw new Error(`the numbers of ${args[1]} cannot be read`);
  };
}
/** So many bytes at a time, so that a dataset is not held twice. */
const AT_ONCE = 1 << 20;

/** What is wrong with the file by the rules of this project, not the library's. */
class Refusal extends Error {}

parentPort.on('message', (request) => {
  let reply;
  let trapped = false;
  try {
    reply = read(request);
  } catch (error) {
    reply =
      error instanceof Refusal ? { refusal: error.message } : { failure: `${error?.message ?? error}: ${reason()}` };
    // the compiled code was stopped in the midst of something: what it left in its memory is not to be trusted
    trapped = error instanceof WebAssembly.RuntimeError;
  }
  const buffers = Object.values(reply.datasets ?? {}).map(({ data }) => data.buffer);
  const heapBytes = trapped ? Number.POSITIVE_INFINITY : library.HEAPU8.buffer.byteLength;
  parentPort.postMessage({ ...reply, heapBytes }, buffers);
});
parentPort.postMessage({ heapBytes: library.HEAPU8.buffer.byteLength });

/** What the library printed last of all: each function that failed has a line, and the innermost comes last. */
const reason = () => [...printed.matchAll(/#\d+: .* in \w+\(\): (.*)/g)].at(-1)?.[1] ?? 'no reason is told';

/** The wanted datasets that are there, and the wanted texts that stand as attributes at groups. */
function read({ file, wanted, texts, limits }) {
  allowed = file;
  mostHeapBytes = limits.heapBytes;
  printed = '';
  const h5 = new File(file, 'r');
  if (h5.file_id < 0) throw new Refusal(`is no whole HDF5 file, or a damaged one: ${reason()}`);
  try {
    let left = limits.numberBytes;
    const datasets = {};
    for (const { path, ranks, transposed } of wanted) {
      printed = '';
      const dataset = find(h5, path);
      if (!dataset) continue;
      if (dataset.type !== 'Dataset') throw new Refusal(`${path} must be a dataset, but is a ${dataset.type}`);
      const { shape, count } = checked(path, dataset.metadata, ranks);
      left -= (transposed ? 4 : 8) * count;
      if (left < 0)
        throw new Refusal(
          `${path} holds ${count} numbers, more than a file of this size may (${limits.numberBytes} bytes)`,
        );
      datasets[path] = { shape, data: numbers(path, dataset, shape, count, transposed) };
    }
    const attributes = {};
    const groups = [];
    for (const { path, names } of texts) {
      const group = find(h5, path);
      if (group?.type !== 'Group') continue;
      groups.push(path);
      const own = group.attrs;
      for (const name of names) if (Object.hasOwn(own, name)) attributes[`${path}@${name}`] = text(own[name]);
    }
    return { datasets, attributes, groups };
  } finally {
    h5.close();
  }
}

/** The object at a path; a link that leads to another file is refused, on each step of the way. */
function find(h5, path) {
  let found = null;
  let way = '';
  for (const step of path.split('/')) {
    way = way ? `${way}/${step}` : step;
    if (leadsOut(h5, way)) throw new Refusal(`${way} must be in the file itself, but is a link that leads elsewhere`);
    found = h5.get(way);
    if (!found) return null;
  }
  return found;
}

function leadsOut(h5, way) {
  try {
    return h5.get_external_link(way).filename !== undefined;
  } catch {
    // there is nothing by that name
    return false;
  }
}

/** Integers and IEEE floats of a plain shape. */
function checked(path, metadata, ranks) {
  const { type, size, shape, vlen } = metadata;
  const isFloat = type === 1 && (size === 4 || size === 8);
  const isInteger = type === 0 && [1, 2, 4, 8].includes(size);
  if (vlen || !(isFloat || isInteger)) throw new Refusal(`${path} must hold integers or floats of 32 or 64 bits`);
  if (!shape || !ranks.includes(shape.length))
    throw new Refusal(`${path} must have ${ranks.join(' or ')} dimensions, but is [${shape ?? ''}]`);
  const count = shape.reduce((a, b) => a * b, 1);
  if (!(count <= Number.MAX_SAFE_INTEGER)) throw new Refusal(`${path} must hold fewer numbers than [${shape}]`);
  return { shape, count };
}

/** All numbers: in row-major order as float64, or where transposed column by column as float32, which bases are large in. */
function numbers(path, dataset, shape, count, transposed) {
  const data = transposed ? new Float32Array(count) : new Float64Array(count);
  const rows = shape[0] ?? 1;
  const columns = count / Math.max(1, rows);
  const step = Math.max(1, Math.floor(AT_ONCE / Math.max(1, columns * dataset.metadata.size)));
  for (let row = 0; row < rows; row += step) {
    const end = Math.min(rows, row + step);
    const ranges = [[row, end], ...shape.slice(1).map((length) => [0, length])];
    const part = shape.length === 0 ? [dataset.value] : dataset.slice(ranges);
    if (part?.length !== (end - row) * columns) throw new Refusal(`${path} ends before its ${count} numbers`);
    for (let i = 0; i < part.length; i++) {
      const at = transposed ? (i % columns) * rows + row + Math.floor(i / columns) : row * columns + i;
      data[at] = Number(part[i]);
    }
  }
  return data;
}

/** A short text of fixed length; one of variable length is a pointer, which a damaged file leaves pointing anywhere. */
function text(attribute) {
  const { type, size, total_size, vlen } = attribute.metadata;
  return type === 3 && !vlen && total_size === 1 && size <= 1000 ? String(attribute.value) : '';
}
