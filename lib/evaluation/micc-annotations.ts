import fs from 'node:fs';
import path from 'node:path';
import { FileError, readBounded } from 'lib/files';
import { z } from 'zod';
import type { BenchmarkCase } from './benchmark-case';
import { anatomicalVertices, FACE_LANDMARKS, readLandmarkVertices } from './landmark-vertices';

/** The authors' choices for one subject of MICC Florence. */
export interface MiccAnnotation {
  name: string;
  subject: number;
  /** Of the video, counted from 1 as ffmpeg does. */
  frame: number;
  /** The file of the landmarks. */
  file: string;
  vertices: BenchmarkCase['vertices'];
}

export interface MiccAnnotations {
  cases: MiccAnnotation[];
  leftOut: { name: string; why: string }[];
  /** What is missing or wrong, a sentence each. */
  problems: string[];
}

/** The authors' file has 7,132 bytes. */
const MOST_BYTES = 2 ** 18;
const MOST_CASES = 1000;
const listSchema = z.strictObject({ cases: z.array(z.unknown()) });
const entrySchema = z.strictObject({ correspondences: z.string().max(200), frame: z.string().max(200) });

/**
 * The chosen frame of each subject, from annotations.json: `{"cases": [{"correspondences": "./cases/subject_1/correspondences.txt",
 * "frame": "./cases/subject_1/frame123.jpg"}]}`.
 *
 * @throws {FileError} that names the entry when it has another form, a subject comes twice, or there are too many
 */
export function parseFrames(file: string, bytes: Buffer): Map<number, number> {
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString('utf8'));
  } catch (error) {
    throw new FileError(file, `cannot be read as JSON: ${(error as Error).message}`);
  }
  const { cases } = checked(file, [], listSchema, value);
  if (cases.length > MOST_CASES)
    throw new FileError(file, `cases must be at most ${MOST_CASES}, but are ${cases.length}`);
  const frames = new Map<number, number>();
  cases.forEach((entry, i) => {
    const { correspondences, frame } = checked(file, ['cases', i], entrySchema, entry);
    const [, subject] = /^\.\/cases\/subject_([1-9]\d{0,3})\/correspondences\.txt$/.exec(correspondences) ?? [];
    const [, owner, number] = /^\.\/cases\/subject_([1-9]\d{0,3})\/frame([1-9]\d{0,5})\.jpg$/.exec(frame) ?? [];
    if (!subject || subject !== owner)
      throw new FileError(
        file,
        `cases.${i}: expected "./cases/subject_N/correspondences.txt" and "./cases/subject_N/frameF.jpg" of one subject, but found ${JSON.stringify(correspondences)} and ${JSON.stringify(frame)}`,
      );
    if (frames.has(Number(subject)))
      throw new FileError(file, `cases.${i}: subject_${subject} must be there once, but is there again`);
    frames.set(Number(subject), Number(number));
  });
  return frames;
}

/** The value in the form that is expected; the error names the first place where it is not. */
function checked<T>(file: string, place: PropertyKey[], schema: z.ZodType<T>, value: unknown): T {
  const { success, data, error } = schema.safeParse(value);
  if (success) return data;
  const [{ path: inside, message }] = error.issues;
  throw new FileError(file, `${[...place, ...inside].join('.') || 'the whole'}: ${message}`);
}

/**
 * Reads the authors' annotations of MICC Florence: `annotations.json`, which lists the frames, and
 * `cases/subject_N/correspondences.txt`, which name four vertices of each scan.
 *
 * The real files are 52 frames and 53 files of landmarks of one form, four lines each. The one oddity is subject_30: no frame is
 * listed for it, and its lines begin with numbers in place of names and go on with the vertices of subject_1. They look like
 * pairs of a model's and a scan's vertices, left from work on subject_1, and say nothing about the scan of subject_30.
 *
 * @param folder  that holds the two, such as `data/micc` of the authors' repository
 */
export function readMiccAnnotations(folder: string): MiccAnnotations {
  const result: MiccAnnotations = { cases: [], leftOut: [], problems: [] };
  const list = path.join(folder, 'annotations.json');
  let frames = new Map<number, number>();
  collect(result.problems, () => {
    frames = parseFrames(list, readBounded(list, MOST_BYTES));
  });
  const owners = new Map<string, string>();
  for (const subject of subjectsOf(path.join(folder, 'cases'), frames)) {
    const name = `subject_${subject}`;
    const file = path.join(folder, 'cases', name, 'correspondences.txt');
    collect(result.problems, () => {
      const numbers = readLandmarkVertices(file);
      const key = [...numbers.values()].join(' ');
      const owner = owners.get(key);
      owners.set(key, owner ?? name);
      const frame = frames.get(subject);
      if (frame === undefined) {
        const unknown = [...numbers.keys()].filter((word) => !Object.hasOwn(FACE_LANDMARKS, word));
        const reasons = [`${list} lists no frame for it`];
        if (unknown.length > 0)
          reasons.push(`${unknown.join(', ')} in its correspondences.txt are no landmarks' names`);
        if (owner) reasons.push(`its vertices are those of ${owner}`);
        result.leftOut.push({ name, why: reasons.join('; ') });
        return;
      }
      if (owner) throw new FileError(file, `must have vertices of its own, but has those of ${owner}`);
      const vertices = anatomicalVertices(file, numbers, FACE_LANDMARKS);
      result.cases.push({ name, subject, frame, file, vertices });
    });
  }
  return result;
}

/** Who has a frame or a folder of landmarks, in the order of their numbers. */
function subjectsOf(folder: string, frames: Map<number, number>): number[] {
  const names = fs.existsSync(folder) ? fs.readdirSync(folder) : [];
  const subjects = names.flatMap((name) => /^subject_([1-9]\d{0,3})$/.exec(name)?.[1] ?? []).map(Number);
  return [...new Set([...frames.keys(), ...subjects])].sort((a, b) => a - b);
}

/** Does something, and writes down what is wrong with a file. */
function collect(problems: string[], read: () => void): void {
  try {
    read();
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    problems.push(error.message);
  }
}
