import fs from 'node:fs';
import path from 'node:path';
import type { Vector3 } from 'lib/geometry';

/** Landmarks of a made-up face, mm; symmetric about x = 0. */
export const FACE: Record<string, Vector3> = {
  right_eye_lacrimal: [17, 0, 0],
  left_eye_lacrimal: [-17, 0, 0],
  nose_base: [0, -47, -15],
  lips_central: [0, -69, -14],
  right_ear_tragus: [73, -16, 80],
  left_ear_tragus: [-73, -16, 80],
};

/** The text of a file of landmarks, as the authors write it. */
export const landmarkText = (vertices: Record<string, number>): string =>
  `${Object.entries(vertices)
    .map(([name, vertex]) => `${name} ${vertex}`)
    .join('\n')}\n`;

/**
 * The text of an OBJ file with the made-up face's landmarks at some vertices, counted from 0, and the others behind it.
 *
 * @param millimetres  in the file's unit
 */
export function faceObj(vertices: Record<string, number>, points: number, millimetres = 1): string {
  const lines = Array.from(
    { length: points },
    (_, v) => `v ${(v % 13) * millimetres} ${(v % 7) * millimetres} ${90 * millimetres}`,
  );
  for (const [name, vertex] of Object.entries(vertices))
    lines[vertex] = `v ${FACE[name].map((value) => value * millimetres).join(' ')}`;
  return `${lines.join('\n')}\nf 1/1 2/2 3/3\n`;
}

/** Writes text to a file whose folders need not be there. */
export function write(file: string, text: string): string {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, text);
  return file;
}

/** What annotations.json says of one subject. */
export const frameEntry = (subject: number, frame: number) => ({
  correspondences: `./cases/subject_${subject}/correspondences.txt`,
  frame: `./cases/subject_${subject}/frame${frame}.jpg`,
});

/** The four vertices of a made-up subject of MICC. */
export const miccVertices = (subject: number) => ({
  right_eye_lacrimal: 10 + subject,
  left_eye_lacrimal: 30 + subject,
  nose_base: 50 + subject,
  lips_central: 70 + subject,
});

/**
 * Writes annotations and data set of MICC's form under a folder: subjects 1, 2 and 12, and 30 as it is in the authors' files.
 *
 * @returns  the data set's folder and the annotations'
 */
export function miccFolders(root: string): { folder: string; annotations: string } {
  const folder = path.join(root, 'Florence');
  const annotations = path.join(root, 'annotations');
  const micc = path.join(annotations, 'data', 'micc');
  const subjects = [1, 2, 12];
  const cases = subjects.map((subject) => frameEntry(subject, 100 * subject));
  write(path.join(micc, 'annotations.json'), JSON.stringify({ cases }, null, 3));
  for (const subject of subjects) {
    write(path.join(micc, 'cases', `subject_${subject}`, 'correspondences.txt'), landmarkText(miccVertices(subject)));
    const home = path.join(folder, `subject_${String(subject).padStart(2, '0')}`);
    write(path.join(home, 'Model', 'frontal1', 'obj', `2011${subject}.obj`), faceObj(miccVertices(subject), 100));
    write(path.join(home, 'Video', `frame${String(100 * subject).padStart(4, '0')}.jpg`), '');
  }
  const [a, b, c, d] = Object.values(miccVertices(1));
  write(
    path.join(micc, 'cases', 'subject_30', 'correspondences.txt'),
    landmarkText({ '5': a, '61': b, '702': c, '8003': d }),
  );
  return { folder, annotations };
}
