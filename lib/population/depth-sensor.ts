import { cameraCoordinates, type Pose } from 'lib/geometry';
import { type RasterBuffers, rasterize, type TriangleMesh } from 'lib/mesh';
import type { Random } from 'lib/random';
import ndarray from 'ndarray';
import { clamp, smoothStep } from './interpolation';

/** Focal length of the sensor's depth images at half of 640 x 480, and the side of the square that is looked at. */
const FOCAL_LENGTH_PIXELS = 293;
const SIZE_PIXELS = 256;
/** The projector stands beside the camera, along the camera's x axis; cm. */
const BASELINE = 7.5;
/** Disparity is found for windows of 9 x 9 pixels, which are 5 x 5 at half size. */
const WINDOW_PIXELS = 5;
/** A surface this much nearer, in cm, at a place of the window takes the window for itself. */
const JUMP = 1;
/** Readings become rare from the first slant to the last, where there are none. */
const SLANTS = [(60 * Math.PI) / 180, (76 * Math.PI) / 180] as const;

/**
 * Standard deviation of one depth reading of a structured-light camera, in cm.
 *
 * sigma = 0.0012 + 0.0019 (z - 0.4)^2 + 0.0001 z^-1/2 (theta / (pi/2 - theta))^2, in metres.
 *
 * @param depth  z, cm
 * @param slant  theta, radians between the surface's normal and the direction to the camera, below pi/2
 *
 * Measured on a Kinect, which has the same light and method as the Structure Sensor, from 0.4 m on. The growth with the square
 * of the distance is what triangulation makes of a constant error of disparity (Khoshelham and Elberink 2012).
 * Reference: Nguyen, Izadi and Lovell 2012, "Modeling Kinect sensor noise for improved 3D reconstruction and tracking".
 */
export function axialDeviation(depth: number, slant: number): number {
  const metres = depth / 100;
  const steepness = slant / (Math.PI / 2 - slant);
  return 100 * (0.0012 + 0.0019 * (metres - 0.4) ** 2 + (0.0001 / Math.sqrt(metres)) * steepness ** 2);
}

/** What a sensor at one place reads of samples of a surface. */
export interface DepthReadings {
  /** [samples] standard deviation of a reading, cm; 0 where there is none */
  deviation: Float32Array;
  /** [samples] error along the ray away from the camera, cm */
  error: Float32Array;
  /** [samples, 3] unit vectors from the camera */
  rays: Float32Array;
}

/**
 * Reads the depth of samples of a surface from one place, as the mean over some frames.
 *
 * A sample is read when camera and projector both see it, it is not too slanted, and nothing much nearer falls into its
 * window of disparity. The error is normal with `axialDeviation` over the square root of the frames, and is shared by the
 * windows that overlap: white noise over the image, averaged over the window. Readings are not rounded to the sensor's steps of
 * disparity (an eighth of a pixel, 0.7 mm at 50 cm): the measured deviation holds them, and since it is larger than a step, no
 * stairs are left in a mean over frames.
 *
 * @param mesh     what hides and is hidden
 * @param samples  [samples, 3], flat, cm, on the mesh
 * @param normals  [samples, 3], flat, outward unit normals
 * @param pose     modelFromCamera
 * @param random   is not advanced: everything comes from its forks
 *
 * Reference for baseline, window and steps: Konolige and Mihelich 2010, "Technical description of Kinect calibration"; for the
 * focal length (5.45 mm at 9.3 micrometres a pixel) Khoshelham and Elberink 2012.
 */
export function readDepth(
  mesh: TriangleMesh,
  samples: Float32Array,
  normals: Float32Array,
  pose: Pose,
  frames: number,
  random: Random,
): DepthReadings {
  const count = samples.length / 3;
  const readings = {
    deviation: new Float32Array(count),
    error: new Float32Array(count),
    rays: new Float32Array(3 * count),
  };
  const points = cameraCoordinates(mesh.points, pose).data;
  const camera = depthImage(points, mesh.triangles.data, 0);
  const nearest = windowMinimum(camera.depth);
  const projector = depthImage(points, mesh.triangles.data, BASELINE);
  const noise = windowNoise(random.fork('noise'));
  const chance = random.fork('chance');
  const places = cameraCoordinates(ndarray(samples, [count, 3]), pose).data;
  const { translation } = pose;
  for (let s = 0; s < count; s++) {
    const [x, y, z] = [places[3 * s], places[3 * s + 1], places[3 * s + 2]];
    const away = Math.sqrt(x * x + y * y + z * z);
    let cosine = 0;
    for (let c = 0; c < 3; c++) {
      const ray = (samples[3 * s + c] - translation[c]) / away;
      readings.rays[3 * s + c] = ray;
      cosine -= ray * normals[3 * s + c];
    }
    // rounding takes a cosine beyond 1 or -1, where the arc cosine is no number and no comparison below would hold
    const slant = Math.acos(clamp(cosine, -1, 1));
    if (slant >= SLANTS[1] || (slant > SLANTS[0] && chance.uniform() < smoothStep(...SLANTS, slant))) continue;
    const pixel = pixelAt(x, y, z);
    if (pixel < 0 || nearest[pixel] < z - JUMP) continue;
    // a pixel's centre is up to 0.7 pixel, 1.2 mm, from the sample, and the depth there differs by its tangent
    const tolerance = 0.1 + 0.12 * Math.tan(slant);
    const beside = pixelAt(x - BASELINE, y, z);
    if (camera.depth[pixel] < z - tolerance || beside < 0 || projector.depth[beside] < z - tolerance) continue;
    readings.deviation[s] = axialDeviation(z, slant) / Math.sqrt(frames);
    readings.error[s] = readings.deviation[s] * noise[pixel];
  }
  return readings;
}

/** The depth image from a place `aside` cm along the camera's x axis, points in camera coordinates. */
function depthImage(points: Float64Array, triangles: Uint32Array, aside: number): RasterBuffers {
  const screen = new Float32Array(points.length);
  for (let i = 0; i < points.length; i += 3) {
    const z = points[i + 2];
    screen[i] = SIZE_PIXELS / 2 - (FOCAL_LENGTH_PIXELS * (points[i] - aside)) / z;
    screen[i + 1] = SIZE_PIXELS / 2 - (FOCAL_LENGTH_PIXELS * points[i + 1]) / z;
    screen[i + 2] = z;
  }
  return rasterize(screen, triangles, SIZE_PIXELS, SIZE_PIXELS);
}

/** The pixel in which a point of the camera's frame is seen; -1 outside of the image. */
function pixelAt(x: number, y: number, z: number): number {
  const column = Math.floor(SIZE_PIXELS / 2 - (FOCAL_LENGTH_PIXELS * x) / z);
  const row = Math.floor(SIZE_PIXELS / 2 - (FOCAL_LENGTH_PIXELS * y) / z);
  if (column < 0 || column >= SIZE_PIXELS || row < 0 || row >= SIZE_PIXELS) return -1;
  return row * SIZE_PIXELS + column;
}

/**
 * The least value of each pixel's window, rows first and then columns. A window at the image's left or right edge runs on into
 * the next row, and none is taken at the image's very beginning and end: the head is far from all edges.
 */
function windowMinimum(image: Float32Array): Float32Array {
  const pass = (from: Float32Array, step: number) => {
    const least = from.slice();
    const half = ((WINDOW_PIXELS - 1) / 2) * step;
    for (let pixel = half; pixel < from.length - half; pixel++)
      for (let other = pixel - half; other <= pixel + half; other += step)
        if (from[other] < least[pixel]) least[pixel] = from[other];
    return least;
  };
  return pass(pass(image, 1), SIZE_PIXELS);
}

/** [pixels] normal noise of unit variance, white noise averaged over the window, rows first and then columns. */
export function windowNoise(random: Random): Float32Array {
  const margin = (WINDOW_PIXELS - 1) * (SIZE_PIXELS + 1);
  const white = Float32Array.from({ length: SIZE_PIXELS * SIZE_PIXELS + margin }, random.normal);
  const pass = (from: Float32Array, step: number) => {
    const sums = new Float32Array(from.length - (WINDOW_PIXELS - 1) * step);
    for (let pixel = 0; pixel < sums.length; pixel++) {
      let sum = 0;
      for (let k = 0; k < WINDOW_PIXELS; k++) sum += from[pixel + k * step];
      sums[pixel] = sum / Math.sqrt(WINDOW_PIXELS);
    }
    return sums;
  };
  return pass(pass(white, 1), SIZE_PIXELS);
}
