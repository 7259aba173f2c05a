import fs from 'node:fs';
import path from 'node:path';

/** As many vertices as the reader needs: the last eyeball ends here. */
export const VERTICES = 24591;
const FACE_END = 9409;
const EYEBALLS = [21451, 23021];
/** Where a made-up eyeball's centre lies in the file's frame, and the directions in which its points lie, 1 cm away. */
const EYE_CENTRES = [
  [3, 2, 6],
  [-3, 2, 6],
];
const DIRECTIONS = [
  [1, 0, 0],
  [-1, 0, 0],
  [0, 1, 0],
  [0, -1, 0],
  [0, 0, 1],
  [0, 0, -1],
];

/**
 * Writes a folder of ICT-FaceKit's form with made-up numbers.
 *
 * In the file's frame (+z to the front) the face's vertices lie 4 cm before the origin at x = 2 or x = 4 in turn, eyeballs
 * are six points, everything else is at the origin. Mode 0 moves each vertex by its number's last digit along +z, mode 99 by
 * 1 cm along +y, the others by nothing.
 */
export function madeUpIctFaceKit(folder: string): void {
  const at = (v: number): number[] => {
    if (v < FACE_END) return [v % 2 === 0 ? 2 : 4, 1, 4];
    const eye = EYEBALLS.findIndex((from) => v >= from && v < from + 1570);
    return eye < 0 ? [0, 0, 0] : DIRECTIONS[(v - EYEBALLS[eye]) % 6].map((d, i) => EYE_CENTRES[eye][i] + d);
  };
  const faces = [
    [0, 1, 2],
    [1, 2, 9409],
    [9409, 9410, 11247],
    [21451, 21452, 23021],
    // the mouth's inside, teeth and lashes: left out, and what touches them
    [11248, 11249, 11250],
    [0, 1, 11248],
  ];
  const write = (name: string, move: (v: number) => number[]) => {
    const lines = Array.from({ length: VERTICES }, (_, v) => {
      const [dx, dy, dz] = move(v);
      const [x, y, z] = at(v);
      return `v ${x + dx} ${y + dy} ${z + dz}`;
    });
    const text = faces.map((face) => `f ${face.map((v) => v + 1).join(' ')}`);
    fs.writeFileSync(path.join(folder, 'FaceXModel', name), `${[...lines, ...text].join('\n')}\n`);
  };
  fs.mkdirSync(path.join(folder, 'FaceXModel'), { recursive: true });
  write('generic_neutral_mesh.obj', () => [0, 0, 0]);
  const mode = (k: number) => path.join(folder, 'FaceXModel', `identity${String(k).padStart(3, '0')}.obj`);
  write('identity000.obj', (v) => [0, 0, v % 10]);
  for (let k = 1; k < 99; k++) fs.linkSync(path.join(folder, 'FaceXModel', 'generic_neutral_mesh.obj'), mode(k));
  write('identity099.obj', () => [0, 1, 0]);
}
