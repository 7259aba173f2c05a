import { type Camera, type Pose, rotationMatrix } from 'lib/geometry';
import type { Random } from 'lib/random';
import { randomBackground } from './background';
import { lampHarmonics, type PictureLight, type Triple, Y0, Y1 } from './picture-light';
import { applySensor } from './picture-sensor';
import { type PictureSurface, renderPicture } from './render-picture';
import { sampleView } from './view-sampler';

/** A picture whose camera no training saw. */
export interface HardPhotograph {
  /** [size, size, 3] sRGB bytes */
  pixels: Uint8Array;
  /** modelFromCamera */
  pose: Pose;
  camera: Camera;
}

/** Focal lengths as shares of the picture's width: from a telephone held near to a portrait lens; training has 2.23. */
const FOCAL_LENGTHS = [0.9, 2.4] as const;
/** What share of the picture the head's height fills, and that height, cm. */
const HEAD_SHARES = [0.35, 0.65] as const;
const HEAD = 23;
/** A camera is not nearer than this, cm. */
const NEAREST = 32;

/**
 * Takes a picture of a head that faces the camera more or less, otherwise than a dataset's pictures are taken (`photograph`).
 *
 * | | training | here |
 * |---|---|---|
 * | distance | 62 ± 4 cm | 32 to 158 cm: with the focal length it gives the head a third to two thirds of the height |
 * | focal length | 2.23 widths | 0.9 to 2.4 widths |
 * | turn | 35 degrees to either side, 8 up and down, roll 4 | 10, 10 and 8 degrees: the data sets' pictures are frontal |
 * | light | a room, two soft lamps, a lamp on the camera's side | little from around, one lamp 45 to 110 degrees from the camera, deeper tints |
 * | sensor | read noise up to 0.8 %, shot noise up to 3 %, white balance off by 5 % | 1 to 2.5 %, 2 to 6 %, 15 % |
 *
 * @param surface  in the model frame
 * @param random   is not advanced: all comes from its forks
 * @param options  the picture's width and height, pixels, and whether the surface has no holes
 */
export function hardPhotograph(
  surface: PictureSurface,
  random: Random,
  { size, closed }: { size: number; closed: boolean },
): HardPhotograph {
  const { pose, focalLengthPixels } = randomCamera(random.fork('camera'), size);
  const pixels = renderPicture(
    surface,
    { rotation: rotationMatrix(pose.rotation), centre: pose.translation, focalLengthPixels, size },
    hardLight(random.fork('light')),
    { background: randomBackground(random.fork('background'), size), backFaces: closed ? 'drop' : 'keep' },
  );
  const { uniform, normal } = random.fork('sensor');
  const between = (low: number, high: number) => low + (high - low) * uniform();
  const sensor = {
    blurPixels: (between(0.3, 1.5) * size) / 224,
    whiteBalance: [Math.exp(0.15 * normal()), 1, Math.exp(0.15 * normal())] as Triple,
    readNoise: between(0.01, 0.025),
    shotNoise: between(0.02, 0.06),
  };
  applySensor(pixels, size, sensor, random.fork('noise'));
  return { pixels, pose, camera: { focalLengthPixels, principalPointPixels: [size / 2, size / 2] } };
}

function randomCamera(random: Random, size: number): { pose: Pose; focalLengthPixels: number } {
  const between = ([low, high]: readonly [number, number]) => low + (high - low) * random.uniform();
  const [focalLength, share] = [between(FOCAL_LENGTHS), between(HEAD_SHARES)];
  const distance = Math.max(NEAREST, (focalLength * HEAD) / share);
  const pose = sampleView(
    {
      yawDegrees: 10,
      maxYawDegrees: 30,
      pitchDegrees: 10,
      rollDegrees: 8,
      distance: { mean: distance, deviation: 0 },
      // a twentieth of what the picture shows there
      offset: (0.05 * distance) / focalLength,
    },
    random.fork('view'),
  );
  return { pose, focalLengthPixels: focalLength * size };
}

/** Little light from around, with more from one side of it, and one lamp far from the camera's axis. */
function hardLight({ uniform, normal }: Random): PictureLight {
  const between = (low: number, high: number) => low + (high - low) * uniform();
  const tint = (spread: number): Triple => {
    const warmth = spread * normal();
    return [Math.exp(warmth), 1, Math.exp(-warmth)];
  };
  const exposure = between(0.7, 1.2);
  const around = tint(0.2);
  const strength = between(0.25, 0.5) * exposure;
  const [sx, sy] = [normal(), normal()];
  const side = lampHarmonics([sx / Math.hypot(sx, sy), sy / Math.hypot(sx, sy), 0]);
  const harmonics = Float32Array.from({ length: 27 }, (_, i) => {
    const k = Math.floor(i / 3);
    const even = k === 0 ? 1 / Y0 : k === 1 ? 0.2 / Y1 : 0;
    return strength * around[i % 3] * (even + 0.4 * side[k]);
  });
  const [off, turn] = [between(Math.PI / 4, (11 * Math.PI) / 18), between(0, 2 * Math.PI)];
  const lamp = between(0.9, 1.5) * exposure;
  const colour = tint(0.15).map((v) => lamp * v) as unknown as Triple;
  return {
    harmonics,
    lamp: {
      direction: [Math.sin(off) * Math.cos(turn), Math.sin(off) * Math.sin(turn), -Math.cos(off)],
      colour,
      specular: between(0.05, 0.12),
    },
  };
}
