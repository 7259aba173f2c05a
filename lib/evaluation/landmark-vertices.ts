import { FileError, readBounded } from 'lib/files';
import type { LandmarkName } from 'lib/population';
import { NOSE_TIP, SCAN_PROTOCOLS } from './scan-protocols';

/** The four landmarks of section 4.7 as the authors' files name them, and their names in anatomy. */
export const FACE_LANDMARKS = {
  right_eye_lacrimal: 'endocanthionRight',
  left_eye_lacrimal: 'endocanthionLeft',
  nose_base: 'subnasale',
  lips_central: 'stomion',
} as const satisfies Record<string, LandmarkName>;

/** Two more that FaceWarehouse's file has, and the paper does not use. */
export const EAR_LANDMARKS = {
  right_ear_tragus: 'tragionRight',
  left_ear_tragus: 'tragionLeft',
} as const satisfies Record<string, LandmarkName>;

const OF_THE_PAPER: readonly LandmarkName[] = Object.values(FACE_LANDMARKS);
const OF_PROTOCOLS: readonly LandmarkName[] = [
  NOSE_TIP,
  ...Object.values(SCAN_PROTOCOLS).flatMap(({ landmarks }) => landmarks),
];
/** What the protocols of others need too, and the authors' files do not have: a line may name it by our name. */
export const FURTHER_LANDMARKS: readonly LandmarkName[] = [...new Set(OF_PROTOCOLS)].filter(
  (name) => !OF_THE_PAPER.includes(name),
);

/** The authors' largest file has 132 bytes in 6 lines. */
const MOST_BYTES = 2 ** 14;
const MOST_LINES = 100;

/** Reads a file of landmarks; see `parseLandmarkVertices`. */
export const readLandmarkVertices = (file: string): Map<string, number> =>
  parseLandmarkVertices(file, readBounded(file, MOST_BYTES));

/**
 * The vertex number of each landmark, from lines such as `nose_base 1234`: a name, spaces or tabs, a whole number. Lines may end
 * in either way, and blank ones are skipped. What the first vertex is called, 0 or 1, the file does not say.
 *
 * @throws {FileError} that names the line, when it has another form, a name or a vertex twice, or there are too many
 */
export function parseLandmarkVertices(file: string, bytes: Buffer): Map<string, number> {
  const lines = bytes.toString('latin1').split('\n');
  if (lines.length > MOST_LINES)
    throw new FileError(file, `must have at most ${MOST_LINES} lines, but has ${lines.length}`);
  const vertices = new Map<string, number>();
  const names = new Map<number, string>();
  lines.forEach((text, i) => {
    const line = text.trim();
    if (line === '') return;
    const wrong = (what: string) => new FileError(file, `line ${i + 1}: ${what}`);
    const [, name, number] = /^(\w{1,64})[ \t]+(\d{1,9})$/.exec(line) ?? [];
    if (!name)
      throw wrong(
        `expected a landmark's name and a vertex's number, such as "nose_base 1234", but found ${JSON.stringify(line.slice(0, 100))}`,
      );
    const vertex = Number(number);
    if (vertices.has(name)) throw wrong(`${name} must be there once, but is there again`);
    const other = names.get(vertex);
    if (other) throw wrong(`${name} must have a vertex of its own, but has ${other}'s, ${vertex}`);
    vertices.set(name, vertex);
    names.set(vertex, name);
  });
  if (vertices.size === 0) throw new FileError(file, 'must name landmarks, but holds none');
  return vertices;
}

/**
 * The vertices of some landmarks, by their anatomical names, and of `FURTHER_LANDMARKS` where the file names any.
 *
 * @param names  the file's names of those that are wanted, with ours
 * @throws {FileError} when the file lacks one
 */
export function anatomicalVertices<Name extends LandmarkName>(
  file: string,
  vertices: Map<string, number>,
  names: Record<string, Name>,
): Record<Name, number> & Partial<Record<LandmarkName, number>> {
  const missing = Object.keys(names).filter((name) => !vertices.has(name));
  if (missing.length > 0)
    throw new FileError(
      file,
      `must name ${Object.keys(names).join(', ')}, but names ${[...vertices.keys()].join(', ')}`,
    );
  const further = FURTHER_LANDMARKS.filter((name) => vertices.has(name)).map((name) => [name, name] as const);
  const found = [...Object.entries(names), ...further].map(([name, ours]) => [ours, vertices.get(name)]);
  return Object.fromEntries(found) as Record<Name, number>;
}
