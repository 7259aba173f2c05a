import type { NdArray } from 'ndarray';
import type { DisplacementProblem } from './displacement-solver';
import type { Matches } from './matches';

/**
 * How much of the squared distance counts along the surface, beside all of it across.
 *
 * A match is the nearest point, not the right one: only its distance across the surface is known. The rest lets the stiffness
 * decide where along the surface a point belongs, which is what the correspondence error is made of; a little of it keeps the
 * solve well conditioned.
 */
export const TANGENTIAL = 0.005;

/**
 * Puts the matches' term into a problem for displacements d from a reference: Σ_i a_i w_i [(1 - τ) (m_i · r_i)² + τ |r_i|²] with
 * r_i = reference_i + d_i - u_i for the match u_i with normal m_i, and the area a_i of the point.
 *
 * @param areas  [N] cm²; they make the sum an integral over the surface, whatever its triangles are
 */
export function setMatches(
  problem: DisplacementProblem,
  matches: Matches,
  reference: Float64Array,
  areas: Float64Array,
): void {
  const { closest, normals, weights } = matches;
  for (let n = 0; n < areas.length; n++) {
    const along = TANGENTIAL * areas[n] * weights[n];
    const across = (1 - TANGENTIAL) * areas[n] * weights[n];
    const [x, y, z] = normals.subarray(3 * n, 3 * n + 3);
    const block = 6 * n;
    problem.blocks[block] = along + across * x * x;
    problem.blocks[block + 1] = across * x * y;
    problem.blocks[block + 2] = across * x * z;
    problem.blocks[block + 3] = along + across * y * y;
    problem.blocks[block + 4] = across * y * z;
    problem.blocks[block + 5] = along + across * z * z;
    let offset = 0;
    for (let c = 0; c < 3; c++) offset += normals[3 * n + c] * (closest.points[3 * n + c] - reference[3 * n + c]);
    for (let c = 0; c < 3; c++)
      problem.rightSide[3 * n + c] =
        along * (closest.points[3 * n + c] - reference[3 * n + c]) + across * offset * normals[3 * n + c];
  }
}

/**
 * Adds the landmarks' term: Σ_k pull |reference_k + d_k - l_k|², pull = weight times the stiffness.
 *
 * A spring on one point of an elastic surface draws a spike whose height depends on the spring's strength beside the stiffness
 * alone. So the pull falls with the stiffness, and a landmark that was placed badly leaves no spike of another size at the end.
 */
export function addLandmarks(
  problem: DisplacementProblem,
  landmarks: ArrayLike<number>,
  places: NdArray<Float32Array>,
  reference: Float64Array,
  weight: number,
): void {
  const pull = weight * problem.stiffness;
  for (let k = 0; k < landmarks.length; k++) {
    const n = landmarks[k];
    for (const diagonal of [0, 3, 5]) problem.blocks[6 * n + diagonal] += pull;
    for (let c = 0; c < 3; c++) problem.rightSide[3 * n + c] += pull * (places.get(k, c) - reference[3 * n + c]);
  }
}
