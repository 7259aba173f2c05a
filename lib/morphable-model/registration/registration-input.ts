import type { TriangleMesh } from 'lib/mesh';
import type { NdArray } from 'ndarray';

/** The surface that every scan gets, and which of its points are the landmarks. */
export interface RegistrationTemplate {
  mesh: TriangleMesh;
  /** Points of the mesh, in the order of the scan's landmarks. */
  landmarks: ArrayLike<number>;
}

/** A scan in centimetres, and where the landmarks lie. */
export interface Scan {
  mesh: TriangleMesh;
  /** [L, 3] cm */
  landmarks: NdArray<Float32Array>;
}

/** Throws a RangeError that names what is wrong with a template or a scan; where landmarks lie is the start's to judge. */
export function checkRegistrationInput(template: RegistrationTemplate, scan: Scan): void {
  const count = template.landmarks.length;
  if (count < 3) throw new RangeError(`template.landmarks must name three points or more, but name ${count}`);
  const { shape } = scan.landmarks;
  if (shape.length !== 2 || shape[0] !== count || shape[1] !== 3)
    throw new RangeError(`scan.landmarks must be [${count}, 3] as the template's, but are [${shape.join(', ')}]`);
  const points = template.mesh.points.shape[0];
  const seen = new Set<number>();
  for (let k = 0; k < count; k++) {
    const n = template.landmarks[k];
    if (!Number.isInteger(n) || n < 0 || n >= points)
      throw new RangeError(`template.landmarks must name points 0 to ${points - 1}, but landmark ${k} names ${n}`);
    if (seen.has(n)) throw new RangeError(`template.landmarks must be different points, but two are point ${n}`);
    seen.add(n);
    const place = [0, 1, 2].map((c) => scan.landmarks.get(k, c));
    if (!place.every(Number.isFinite))
      throw new RangeError(`scan.landmarks must be finite, but landmark ${k} is at (${place.join(', ')})`);
  }
  for (const [name, { mesh }] of Object.entries({ template, scan }))
    if (mesh.triangles.shape[0] === 0) throw new RangeError(`${name}.mesh must have triangles, but has none`);
}
