import { type Pose, quaternionFromMatrix, type Vector3 } from 'lib/geometry';
import type { TriangleMesh } from 'lib/mesh';
import type { Random } from 'lib/random';
import { readDepth } from './depth-sensor';

/** Where a person who walks around a head holds the sensor: degrees around from the face and up, at about this distance. */
const STATIONS = [
  [0, -8],
  [45, 0],
  [90, 8],
  [135, 8],
  [180, 8],
  [225, 8],
  [270, 8],
  [315, 0],
  [20, 45],
  [200, 50],
  [0, -30],
] as const;
const DISTANCE = 55;

/**
 * Draws the places from which a head is scanned: eight around it at about its height, two that look down on it, and one that
 * looks up at the chin.
 *
 * @param centre  what the sensor is turned to, cm
 * @returns       modelFromCamera of each
 */
export function scanStations(centre: Vector3, random: Random): Pose[] {
  return STATIONS.map(([around, up]) => {
    const azimuth = ((around + 8 * random.normal()) * Math.PI) / 180;
    const elevation = ((up + 4 * random.normal()) * Math.PI) / 180;
    const distance = DISTANCE + 2.5 * random.normal();
    const toCamera: Vector3 = [
      Math.cos(elevation) * Math.sin(azimuth),
      Math.sin(elevation),
      -Math.cos(elevation) * Math.cos(azimuth),
    ];
    const translation = centre.map((v, c) => v + distance * toCamera[c]) as unknown as Vector3;
    return { rotation: lookAlong(toCamera.map((v) => -v)), translation };
  });
}

/** The rotation of a camera that looks along `forward`, with its y axis as far up as it can be. */
function lookAlong([zx, zy, zz]: number[]) {
  const level = Math.hypot(zx, zz);
  const [xx, xz] = [zz / level, -zx / level];
  const [yx, yy, yz] = [zy * xz, zz * xx - zx * xz, -zy * xx];
  return quaternionFromMatrix([xx, yx, zx, 0, yy, zy, xz, yz, zz]);
}

/** What a scanner makes of the readings of all stations. */
export interface FusedReadings {
  /** [samples, 3] cm: how far a sample is moved by errors of reading */
  displacement: Float32Array;
  /** [samples, 3] weighted mean of the unit vectors toward the stations that read a sample; 0 where none did */
  toward: Float32Array;
  /** [samples] 1 where at least one station read */
  read: Uint8Array;
}

/**
 * Reads a surface from all stations and takes the mean of the readings at each sample, each with the inverse of its variance
 * as its weight, as scanners do that gather depth images in a grid.
 *
 * d = sum_s w_s e_s r_s / sum_s w_s, w_s = 1 / sigma_s^2, with error e_s along the unit ray r_s.
 *
 * @param mesh     [points, 3] cm
 * @param samples  [samples, 3], flat, cm, on the mesh
 * @param normals  [samples, 3], flat, outward unit normals
 * @param frames   a station
 *
 * The stations are taken to be known exactly: no drift of the tracking bends the scan.
 * Reference: Curless and Levoy 1996, "A volumetric method for building complex models from range images".
 */
export function fuseReadings(
  mesh: TriangleMesh,
  samples: Float32Array,
  normals: Float32Array,
  stations: readonly Pose[],
  frames: number,
  random: Random,
): FusedReadings {
  const displacement = new Float32Array(samples.length);
  const toward = new Float32Array(samples.length);
  const total = new Float64Array(samples.length / 3);
  for (const [index, station] of stations.entries()) {
    const { deviation, error, rays } = readDepth(mesh, samples, normals, station, frames, random.fork(index));
    for (let s = 0; s < total.length; s++) {
      if (deviation[s] === 0) continue;
      const weight = 1 / deviation[s] ** 2;
      total[s] += weight;
      for (let c = 0; c < 3; c++) {
        displacement[3 * s + c] += weight * error[s] * rays[3 * s + c];
        toward[3 * s + c] -= weight * rays[3 * s + c];
      }
    }
  }
  for (let i = 0; i < displacement.length; i++) {
    const sum = total[Math.floor(i / 3)];
    if (sum === 0) continue;
    displacement[i] /= sum;
    toward[i] /= sum;
  }
  return { displacement, toward, read: Uint8Array.from(total, (sum) => (sum > 0 ? 1 : 0)) };
}
