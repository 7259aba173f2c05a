import fs from 'node:fs';
import path from 'node:path';
import { decodePicture } from 'lib/dataset';
import {
  type HeadBox,
  type HeadFraming,
  headFraming,
  type LossSpec,
  lossId,
  lossOf,
  overlayHead,
  type Run,
  readRun,
  readRunModel,
  trainedNetwork,
} from 'lib/experiment';
import { writeJson } from 'lib/files';
import { clampedShare, invertPose, type Pose } from 'lib/geometry';
import { writeMesh, writePng } from 'lib/mesh';
import { instance, type MorphableModel } from 'lib/morphable-model';
import type { Network } from 'lib/training';
import { boxesOf, type GivenBoxes } from './head-boxes';
import { cameraOf, type FocalLength, headCrop, predictCrop } from './head-crop';

export interface PredictOptions extends GivenBoxes {
  /** Where results go; a folder of the workspace's data by default, which git does not hold. */
  out?: string;
  /** Such as gal-camera, which is the default where the run has a network of it. */
  loss?: string;
  /** Of the profile's seeds; the first by default. */
  seed?: number;
  /** Of all pictures' cameras, such as 3000px, or 50mm for film of 24 x 36 mm. */
  focalLength?: string;
}

/** What came of one picture: the result's files, or why there are none. */
export interface PredictionResult {
  picture: string;
  files?: string[];
  failure?: string;
}

/** What every result says, since no number in it does. */
const NOTE =
  'The network answers for any picture, with a head or without: it has no detector. The box says where the head is, and the overlay shows whether the answer fits.';
/** Beyond these many standard deviations a coefficient, or the distance in the crop, is hardly that of a head in training. */
const UNLIKELY = 4;

/**
 * Predicts the heads in pictures with a network of a run, and writes for each NAME.head.ply, the head in the model frame,
 * NAME.head.png, the head over the picture, and NAME.head.json, which holds coefficients, pose, camera, crop and warnings.
 *
 * The network knows one camera. So the picture is warped to a camera that stands in the same place, is turned to the head and
 * zoomed so that the head is as large as in training (`framingCamera`); the pose that the network finds there is brought to that
 * camera's focal length (`poseAtFocalLength`, which is not exact) and turned back (`unturnedPose`, which is).
 *
 * A picture that fails does not stop the others.
 *
 * @param pictures  JPEG or PNG files
 * @returns         one result for each picture, in order
 * @throws {Error} when the run, the network or an option is not as expected, before any picture is read
 */
export async function predictPictures(
  runFolder: string,
  pictures: string[],
  options: PredictOptions = {},
): Promise<PredictionResult[]> {
  const run = readRun(runFolder);
  const { loss, seed } = chosenNetwork(run, options);
  const out = options.out ?? path.resolve(__dirname, '../../data/predictions', `${lossId(loss)}-seed-${seed}`);
  const names = namesOf(pictures);
  const focalLength = givenFocalLength(options.focalLength);
  const model = await readRunModel(run.files);
  const boxOf = boxesOf(pictures, options, model.mean);
  const predictor: Predictor = {
    run,
    model,
    network: trainedNetwork(runFolder, loss, seed, model),
    framing: headFraming(run, model.mean),
    about: { run: runFolder, loss: lossId(loss), seed },
  };
  const results: PredictionResult[] = [];
  try {
    for (const [i, picture] of pictures.entries())
      try {
        const files = filesOf(out, names[i]);
        await predictOne(predictor, picture, { box: boxOf(picture), focalLength, files });
        results.push({ picture, files: Object.values(files) });
      } catch (error) {
        const { message } = error as Error;
        results.push({ picture, failure: message.startsWith(picture) ? message : `${picture}: ${message}` });
      }
  } finally {
    predictor.network.dispose();
  }
  return results;
}

interface Predictor {
  run: Run;
  model: MorphableModel;
  network: Network;
  framing: HeadFraming;
  about: { run: string; loss: string; seed: number };
}

async function predictOne(
  { run, model, network, framing, about }: Predictor,
  file: string,
  { box, focalLength, files }: { box: HeadBox; focalLength?: FocalLength; files: ReturnType<typeof filesOf> },
): Promise<void> {
  const picture = await decodePicture(file);
  const { camera, from } = cameraOf(picture, focalLength);
  const { imageSize } = framing;
  const head = headCrop(file, picture, camera, box, framing);
  const { turned, zoom, crop } = head;
  const { coefficients, asInTraining, pose } = await predictCrop(network, head);
  const mesh = { points: instance(model, coefficients), triangles: model.triangles };
  const overlay = overlayHead(picture, mesh, pose, camera);

  writeMesh(files.mesh, mesh);
  writePng(files.overlay, overlay.pixels, overlay.width, overlay.height);
  writeJson(files.json, {
    picture: file,
    ...about,
    note: NOTE,
    warnings: [
      ...(from === 'default'
        ? [
            'focalLength: neither --focal-length nor EXIF data say it, so the picture’s diagonal was taken (43 mm for film of 24 x 36 mm): the distance is as wrong as this is',
          ]
        : []),
      ...cropWarnings(crop, box, framing),
      ...(picture.transparent ? ['picture: it is transparent in places, and was laid over white'] : []),
      ...poseWarnings(asInTraining, run),
      ...headWarnings(coefficients, clampedShare(mesh.points, pose, camera)),
    ],
    coefficients: [...coefficients],
    /** modelFromCamera */
    pose,
    headInCameraCentimetres: invertPose(pose).translation,
    camera: { ...camera, width: picture.width, height: picture.height, focalLengthFrom: from },
    orientation: picture.orientation,
    crop: {
      box,
      imageSize,
      focalLengthPixels: turned.camera.focalLengthPixels,
      principalPointPixels: turned.camera.principalPointPixels,
      pictureFromCropRotation: turned.rotation,
      zoom,
      shareOutside: crop.shareOutside,
    },
  });
}

const filesOf = (out: string, name: string) => ({
  mesh: path.join(out, `${name}.head.ply`),
  overlay: path.join(out, `${name}.head.png`),
  json: path.join(out, `${name}.head.json`),
});

/** The names of the results: those of the pictures, without folder and ending. */
function namesOf(pictures: string[]): string[] {
  if (pictures.length === 0) throw new Error('pictures must be at least one, but there is none');
  const names = pictures.map((picture) => path.parse(picture).name);
  names.forEach((name, i) => {
    const first = names.indexOf(name);
    if (first < i)
      throw new Error(
        `pictures must have different names, since their results have them, but ${pictures[first]} and ${pictures[i]} have one`,
      );
  });
  return names;
}

function chosenNetwork(run: Run, { loss: id, seed = run.profile.training.seeds[0] }: PredictOptions) {
  const { profile, files } = run;
  if (!profile.training.seeds.includes(seed))
    throw new Error(`--seed must be one of ${profile.training.seeds.join(', ')}, but is ${seed}`);
  const isThere = (loss: LossSpec) => fs.existsSync(files.training(loss, seed).weights);
  const there = profile.losses.filter(isThere);
  if (id === undefined) {
    const loss = there.find((each) => lossId(each) === 'gal-camera') ?? there[0];
    if (!loss) throw new Error(`the run has no trained network with seed ${seed}: train one first`);
    return { loss, seed };
  }
  const loss = lossOf(profile, id);
  if (!isThere(loss))
    throw new Error(
      `--loss must be one whose network the run has with seed ${seed}, which are ${there.map(lossId).join(', ') || 'none'}, but is ${id}`,
    );
  return { loss, seed };
}

function givenFocalLength(text: string | undefined): FocalLength | undefined {
  if (text === undefined) return undefined;
  const [, number, unit] = /^(\d{1,6}(?:\.\d{1,6})?)(px|mm)$/.exec(text) ?? [];
  const value = Number(number);
  if (!(value > 0))
    throw new Error(
      `--focal-length must be pixels, such as 3000px, or mm for film of 24 x 36 mm, such as 50mm, but is ${text}`,
    );
  return unit === 'px' ? { pixels: value } : { millimetres: value };
}

function cropWarnings(
  { shareOutside }: { shareOutside: number },
  box: HeadBox,
  { top, bottom }: HeadFraming,
): string[] {
  const warnings: string[] = [];
  if (shareOutside > 0.005)
    warnings.push(
      `crop: ${(100 * shareOutside).toFixed(0)} % of what the network sees lies beyond the picture's edge, where the edge's pixels go on`,
    );
  if (box[3] < bottom - top)
    warnings.push(
      `box: the head is ${box[3].toFixed(0)} pixels high and was enlarged to ${(bottom - top).toFixed(0)}: it is less sharp than in training`,
    );
  return warnings;
}

function poseWarnings(asInTraining: Pose, { profile }: Run): string[] {
  const { mean, deviation } = profile.views.distance;
  const distance = invertPose(asInTraining).translation[2];
  if (Math.abs(distance - mean) <= UNLIKELY * deviation) return [];
  return [
    `pose: the head is in the crop as if it stood at ${distance.toFixed(1)} cm, in training at ${mean} ± ${deviation} cm: look at the overlay, and at the box`,
  ];
}

function headWarnings(coefficients: Float32Array, clamped: number): string[] {
  const largest = Math.max(...coefficients.map(Math.abs));
  return [
    ...(largest > UNLIKELY
      ? [`coefficients: one is ${largest.toFixed(1)} standard deviations from the mean: hardly any head is so`]
      : []),
    ...(clamped > 0 ? [`pose: ${(100 * clamped).toFixed(0)} % of the head is behind the camera or nearly so`] : []),
  ];
}
