import path from 'node:path';
import { boxOfLandmarks, type HeadBox } from 'lib/experiment';
import { checkFile, readJson } from 'lib/files';
import type { NdArray } from 'ndarray';
import { z } from 'zod';

/** Where heads are, as a user says it. */
export interface GivenBoxes {
  /** x,y,width,height in pixels, for one picture. */
  box?: string;
  /** A JSON file of boxes or landmarks by picture. */
  boxes?: string;
}

/** Ten thousand boxes. */
const MOST_BYTES = 2 ** 20;
const MOST_LANDMARKS = 1000;
const pixel = z.number().min(-1e6).max(1e6);
const size = z.number().positive().max(1e6);
const boxSchema = z.tuple([pixel, pixel, size, size]);
// counted first: what is wrong with each of a hundred thousand would fill the memory
const landmarksSchema = z
  .looseObject({})
  .refine((landmarks) => Object.keys(landmarks).length <= MOST_LANDMARKS, `must be at most ${MOST_LANDMARKS}`)
  .pipe(z.record(z.string(), z.tuple([pixel, pixel])));
const placeSchema = z.union([z.strictObject({ box: boxSchema }), z.strictObject({ landmarks: landmarksSchema })]);
type Places = Record<string, z.infer<typeof placeSchema>>;

/**
 * Makes the function that says where the head of a picture is.
 *
 * A JSON file holds an object for each picture, by its path as it is given or by its name without folders: either
 * `{"box": [x, y, width, height]}`, around the head from the crown to the chin, or `{"landmarks": {"pronasale": [u, v], ...}}`,
 * four or more of the population's landmarks (`boxOfLandmarks`). All are pixels of the picture as it is shown, upright.
 *
 * @param mean  of the run's model, for landmarks
 * @returns     of a picture, by its path or by a name, which is that of its file when absent
 * @throws {Error} when neither or both are given, a box is given for several pictures, or one is malformed; the function throws
 *                 when a picture has no box, or landmarks that give none
 */
export function boxesOf(
  pictures: string[],
  { box, boxes }: GivenBoxes,
  mean: NdArray<Float32Array>,
): (picture: string, name?: string) => HeadBox {
  if ((box === undefined) === (boxes === undefined))
    throw new Error(
      'give either --box x,y,width,height for one picture, or --boxes with a JSON file: there is no detector',
    );
  if (box !== undefined) {
    if (pictures.length > 1) throw new Error(`--box is for one picture, but there are ${pictures.length}: use --boxes`);
    const parsed = boxSchema.safeParse(box.split(',').map((text) => (text.trim() === '' ? Number.NaN : Number(text))));
    if (!parsed.success)
      throw new Error(`--box must be x,y,width,height in pixels, such as 120,80,300,400, but is ${box}`);
    return () => parsed.data;
  }
  const file = boxes as string;
  const places = readPlaces(file);
  return (picture, name = path.basename(picture)) => {
    const key = [picture, name].find((each) => Object.hasOwn(places, each));
    if (key === undefined) throw new Error(`${file} must say where the head is, but has no ${name}`);
    const place = places[key];
    return 'box' in place ? place.box : boxOfLandmarks(mean, place.landmarks);
  };
}

/** Boxes and landmarks by picture. @throws {Error} that names the file and the first field that is wrong */
export function readPlaces(file: string): Places {
  checkFile(file, MOST_BYTES);
  const places = readJson(file, z.record(z.string(), z.unknown()));
  return Object.fromEntries(
    Object.entries(places).map(([picture, place]) => {
      const { success, data, error } = placeSchema.safeParse(place);
      if (success) return [picture, data];
      const [{ path: field, message }] = error.issues;
      throw new Error(`${file} is not as expected:\n  ${[picture.slice(0, 200), ...field].join('.')}: ${message}`);
    }),
  );
}
