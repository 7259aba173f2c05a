// One format's inputs, in a process of its own: run-format.ts FORMAT COUNT SECONDS FOLDER. A line of JSON tells how far it is.
import fs from 'node:fs';
import path from 'node:path';
import { parseMesh } from 'lib/mesh';
import { createRandom } from 'lib/random';
import { readExif } from '../../../lib/dataset/exif';
import { readPictureHeader } from '../../../lib/dataset/picture-header';
import { parseLandmarkVertices } from '../../../lib/evaluation/landmark-vertices';
import { parseFrames } from '../../../lib/evaluation/micc-annotations';
import { intoOurFrame } from '../../../lib/morphable-model/files/our-frame';
import { parseModel, readModelFile } from '../../../lib/morphable-model/files/read-model-file';
import { BOMBS, CORPORA } from './corpus';
import { mutate, pickInput } from './mutate';
import { repaired } from './repair';

const [format, count, seconds, folder] = process.argv.slice(2);
const MOST_CPU_SECONDS = 1;
const EXTRA_BYTES = 64 * 2 ** 20;
/** Writing 5 there makes Linux forget the most that the process held. */
const MARK = '/proc/self/clear_refs';
const KEEPS_PEAK = fs.existsSync(MARK);

/** Their errors are of no class of their own, and name the file too. */
const JSON_READERS: Record<string, () => Promise<(file: string) => unknown>> = {
  // loaded for their own inputs alone, since what boxes are for loads TensorFlow
  profile: async () => (await import('../../../lib/experiment/profile')).readProfile,
  boxes: async () => (await import('../../../lib/commands/head-boxes')).readPlaces,
  points: async () => (await import('../../../lib/commands/scan-files')).readLandmarks,
};

/** Reads an input as a user's file would be read, to its end. */
async function read(file: string, bytes: Buffer): Promise<void> {
  if (format === 'ply' || format === 'obj') parseMesh(file, bytes);
  else if (format === 'landmarks') parseLandmarkVertices(file, bytes);
  else if (format === 'frames') parseFrames(file, bytes);
  else if (format === 'picture') {
    const { exif } = readPictureHeader(file, bytes);
    if (exif) readExif(exif);
  } else if (format === 'hdf5') {
    fs.writeFileSync(file, bytes);
    await readModelFile(file);
  } else if (format in JSON_READERS) {
    fs.writeFileSync(file, bytes);
    (await JSON_READERS[format]())(file);
  } else intoOurFrame(file, parseModel(file, bytes));
}

interface Outcome {
  error?: Error;
  cpuSeconds: number;
  /** The most that the process held, beyond what it held before. */
  extraBytes: number;
}

async function measured(file: string, bytes: Buffer): Promise<Outcome> {
  if (KEEPS_PEAK) fs.writeFileSync(MARK, '5');
  const before = held('VmRSS');
  const cpu = process.cpuUsage();
  let error: Error | undefined;
  try {
    await read(file, bytes);
  } catch (caught) {
    error = caught as Error;
  }
  const { user, system } = process.cpuUsage(cpu);
  return { error, cpuSeconds: (user + system) / 1e6, extraBytes: held('VmHWM') - before };
}

/** What the process holds now, or the most since the mark was cleared, in bytes; where there is no such mark, what it holds now. */
function held(line: 'VmRSS' | 'VmHWM'): number {
  if (!KEEPS_PEAK) return process.memoryUsage.rss();
  const found = new RegExp(`${line}:\\s+(\\d+) kB`).exec(fs.readFileSync('/proc/self/status', 'utf8'));
  return 1024 * Number(found?.[1]);
}

function isOurs({ name, message }: Error, file: string): boolean {
  if (message.length <= file.length + 5) return false;
  if (name === 'FileError') return message.startsWith(`${file}: `);
  // a profile may extend another, which lies beside it
  return format in JSON_READERS && name === 'Error' && message.startsWith(`${path.dirname(file)}${path.sep}`);
}

function fault({ error, cpuSeconds, extraBytes }: Outcome, file: string, size: number): string | undefined {
  if (error && !isOurs(error, file)) return `an error of another kind: ${error.stack?.slice(0, 1500)}`;
  if (cpuSeconds > MOST_CPU_SECONDS) return `${cpuSeconds.toFixed(2)} s of processor time`;
  if (extraBytes > 4 * size + EXTRA_BYTES) return `${(extraBytes / 2 ** 20).toFixed(0)} MB for a file of ${size} bytes`;
  return undefined;
}

async function main() {
  const corpus = await CORPORA[format]();
  const asTheyAre = [...corpus, ...(BOMBS[format]?.() ?? [])];
  const file = path.join(folder, `input.${format}`);
  if (format === 'profile') fs.writeFileSync(path.join(folder, 'base.json'), corpus[0]);
  const counts = { format, inputs: 0, accepted: 0, refused: 0, mostSeconds: 0, mostMegabytes: 0 };
  const report = () => console.log(JSON.stringify(counts));
  // what the first reads load is nobody's memory
  for (const bytes of corpus) await measured(file, bytes);
  const since = performance.now();
  for (let i = 0; i < Number(count) && performance.now() - since < 1000 * Number(seconds); i++) {
    const random = createRandom(`${format} ${i}`);
    const bytes = asTheyAre[i] ?? repaired(format, pickInput(corpus, random), mutate, random);
    let outcome = await measured(file, bytes);
    let wrong = fault(outcome, file, bytes.length);
    if (wrong) {
      // once more, alone: the collector of garbage may have run in the midst of it
      globalThis.gc?.();
      outcome = await measured(file, bytes);
      wrong = fault(outcome, file, bytes.length);
    }
    counts.inputs++;
    counts[outcome.error ? 'refused' : 'accepted']++;
    counts.mostSeconds = Math.max(counts.mostSeconds, outcome.cpuSeconds);
    counts.mostMegabytes = Math.max(counts.mostMegabytes, outcome.extraBytes / 2 ** 20);
    if (wrong) {
      const kept = path.join(folder, `fault-${format}-${i}`);
      fs.writeFileSync(kept, bytes);
      console.log(JSON.stringify({ ...counts, fault: `input ${i} (kept as ${kept}): ${wrong}` }));
      process.exit(1);
    }
    if (counts.inputs % 500 === 0) report();
  }
  report();
  process.exit(0);
}

main();
