import fs from 'node:fs';
import path from 'node:path';
import { type Arrays, locateArrays, readArrays, readJson, writeArrays, writeJson } from 'lib/files';
import { z } from 'zod';
import type { Dataset } from './dataset';
import { type PixelFile, pixelsOf } from './pixels';

// A split is an index, train.json, and shards beside it, train/0000.arrays and on. A shard holds some subjects with all their
// images and stands alone; the index, written last, says which shards make the split and what their checksums are.

const count = z.number().int().nonnegative();
const indexSchema = z.strictObject({
  imageSize: count.positive(),
  points: count.positive(),
  subjects: count,
  images: count,
  shards: z.array(
    z.strictObject({
      /** From the index's folder. */
      file: z.string(),
      subjects: count,
      images: count,
      /** What the shard says of itself. */
      sha256: z.string(),
    }),
  ),
});

/** Where the k-th shard of a split lies. */
export const shardFile = (indexFile: string, k: number): string =>
  path.join(indexFile.replace(/\.json$/, ''), `${String(k).padStart(4, '0')}.arrays`);

/** Images' bytes in one shard, at most, but where one subject alone has more; a shard is read whole when a split is opened. */
const SHARD_BYTES = 8 << 20;

/**
 * Which subjects share a shard: consecutive ones, as many as their images' bytes allow.
 *
 * @param views  how many images each subject has
 * @returns      the first subject and the one after the last, for each shard
 */
export function planShards(views: number[], imageSize: number): [first: number, end: number][] {
  const most = Math.max(1, Math.floor(SHARD_BYTES / (3 * imageSize * imageSize)));
  const shards: [number, number][] = [];
  let images = Number.POSITIVE_INFINITY;
  views.forEach((own, subject) => {
    images += own;
    if (images > most) {
      shards.push([subject, subject]);
      images = own;
    }
    shards[shards.length - 1][1] = subject + 1;
  });
  return shards;
}

/**
 * Writes some subjects of a split with their images, whole or not at all.
 *
 * @param madeFrom  a text that changes with whatever the images are made from; `isShardOf` compares it
 */
export function writeShard(file: string, part: Dataset, madeFrom = ''): void {
  const { imageSize, images, subjects, rotations, translations, shapes, points, mirror } = part;
  const count = subjects.length;
  const text = Uint8Array.from(Buffer.from(madeFrom));
  writeArrays(file, {
    images: { data: images.subarray(0, images.length), shape: [count, imageSize, imageSize, 3] },
    subjects: { data: subjects, shape: [count] },
    rotations: { data: rotations, shape: [count, 4] },
    translations: { data: translations, shape: [count, 3] },
    shapes: { data: shapes, shape: [shapes.length / (3 * points), points, 3] },
    ...(mirror ? { mirror: { data: mirror, shape: [points] } } : {}),
    madeFrom: { data: text, shape: [text.length] },
  });
}

/** Whether a file is a whole shard that was made from the same; a broken one is not. */
export function isShardOf(file: string, madeFrom: string): boolean {
  if (!fs.existsSync(file)) return false;
  try {
    return Buffer.from(readArrays(file).madeFrom?.data ?? []).toString() === madeFrom;
  } catch {
    return false;
  }
}

/** Writes the index of a split's shards, `shardFile(indexFile, k)` of k below their number, which are there already. */
export function writeIndex(indexFile: string, shards: number): void {
  const entries = Array.from({ length: shards }, (_, k) => {
    const file = shardFile(indexFile, k);
    const { checksum: sha256 } = locateArrays(file);
    const { images, shapes } = checkedArrays(file);
    return {
      entry: {
        file: path.relative(path.dirname(indexFile), file),
        subjects: shapes.shape[0],
        images: images.shape[0],
        sha256,
      },
      imageSize: images.shape[1],
      points: shapes.shape[1],
    };
  });
  const sum = (of: 'subjects' | 'images') => entries.reduce((total, { entry }) => total + entry[of], 0);
  writeJson(indexFile, {
    imageSize: entries[0].imageSize,
    points: entries[0].points,
    subjects: sum('subjects'),
    images: sum('images'),
    shards: entries.map(({ entry }) => entry),
  });
}

/** Writes a split that is in memory as one shard and its index. */
export function writeDataset(indexFile: string, dataset: Dataset): void {
  writeShard(shardFile(indexFile, 0), dataset);
  writeIndex(indexFile, 1);
}

/**
 * Opens one split: poses and shapes are in memory, images are read from the shards when they are asked for.
 *
 * @param indexFile  the split's index
 * @throws {Error} that names the shard, or the index, that is missing, broken, of another split, or does not fit the others
 *
 * Every shard is read once, one after the other, to verify its checksum: that takes some seconds for 3 GB.
 */
export function openDataset(indexFile: string): Dataset {
  const index = readJson(indexFile, indexSchema);
  const { imageSize, points } = index;
  const dataset = {
    imageSize,
    subjects: new Uint32Array(index.images),
    rotations: new Float32Array(4 * index.images),
    translations: new Float32Array(3 * index.images),
    shapes: new Float32Array(3 * points * index.subjects),
    points,
  };
  const files: PixelFile[] = [];
  let mirror: Uint32Array | undefined;
  let [images, subjects] = [0, 0];
  for (const entry of index.shards) {
    const file = path.join(path.dirname(indexFile), entry.file);
    // verified first: what a damaged shard says of itself means nothing
    const shard = checkedArrays(file);
    const { checksum, arrays } = locateArrays(file);
    if (checksum !== entry.sha256)
      throw new Error(
        `${file} is not the shard that ${indexFile} names; remove ${indexFile} and render this split again (npm start and npm run reproduce do so by themselves)`,
      );
    const [own, size] = shard.images.shape;
    const [heads, ownPoints] = shard.shapes.shape;
    if (own !== entry.images || heads !== entry.subjects || size !== imageSize || ownPoints !== points)
      throw new Error(
        `${file} holds ${own} images of ${size} px and ${heads} shapes of ${ownPoints} points, but ${indexFile} promises ` +
          `${entry.images} of ${imageSize} px and ${entry.subjects} of ${points}; remove ${indexFile} and render this split again`,
      );
    for (let i = 0; i < own; i++) dataset.subjects[images + i] = subjects + shard.subjects.data[i];
    dataset.rotations.set(shard.rotations.data, 4 * images);
    dataset.translations.set(shard.translations.data, 3 * images);
    dataset.shapes.set(shard.shapes.data, 3 * points * subjects);
    mirror ??= shard.mirror;
    const offset = arrays.find(({ name }) => name === 'images')?.offset as number;
    files.push({ file, offset, bytes: shard.images.data.length });
    images += own;
    subjects += heads;
  }
  if (images !== index.images || subjects !== index.subjects)
    throw new Error(`${indexFile} promises ${index.images} images, but its shards hold ${images}`);
  const pixels = pixelsOf({ imageSize, stored: files, symmetrized: false });
  return { ...dataset, images: pixels, ...(mirror ? { mirror } : {}) };
}

/** The arrays of a shard, of the right types and sizes. */
function checkedArrays(file: string) {
  const arrays = readArrays(file);
  const images = arrayOf(file, arrays, 'images', Uint8Array);
  const [count, imageSize] = images.shape;
  if (String(images.shape) !== String([count, imageSize, imageSize, 3]))
    throw new Error(`${file}: images must be [images, size, size, 3], but is [${images.shape}]`);
  const shapes = arrayOf(file, arrays, 'shapes', Float32Array);
  if (shapes.shape.length !== 3 || shapes.shape[2] !== 3)
    throw new Error(`${file}: shapes must be [subjects, points, 3], but is [${shapes.shape}]`);
  const shard = {
    images,
    shapes,
    subjects: arrayOf(file, arrays, 'subjects', Uint32Array),
    rotations: arrayOf(file, arrays, 'rotations', Float32Array),
    translations: arrayOf(file, arrays, 'translations', Float32Array),
    mirror: arrays.mirror && arrayOf(file, arrays, 'mirror', Uint32Array).data,
  };
  const { subjects, rotations, translations, mirror } = shard;
  if (subjects.data.length !== count || rotations.data.length !== 4 * count || translations.data.length !== 3 * count)
    throw new Error(`${file} must hold a subject and a pose for each of its ${count} images`);
  const missing = subjects.data.findIndex((s) => s >= shapes.shape[0]);
  if (missing >= 0)
    throw new Error(
      `${file}: image ${missing} shows subject ${subjects.data[missing]}, but there are ${shapes.shape[0]}`,
    );
  if (mirror && (mirror.length !== shapes.shape[1] || mirror.some((m, n) => mirror[m] !== n)))
    throw new Error(`${file}: mirror must pair the ${shapes.shape[1]} points of its shapes`);
  return shard;
}

function arrayOf<T extends Float32Array | Uint8Array | Uint32Array>(
  file: string,
  arrays: Arrays,
  name: string,
  type: abstract new (...args: never[]) => T,
): { data: T; shape: number[] } {
  const array = arrays[name];
  if (!(array?.data instanceof type)) throw new Error(`${file} must hold an array "${name}" of type ${type.name}`);
  return array as { data: T; shape: number[] };
}
