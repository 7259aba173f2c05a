import { analyzePattern, type CholeskyFactor, factorize, solveFactor } from './sparse-cholesky';
import type { SparseMatrix } from './sparse-matrix';

/**
 * The quadratic problem of one step, for displacements d [N, 3]: Σ_i d_i^T B_i d_i - 2 d_i · b_i + stiffness d^T S d.
 */
export interface DisplacementProblem {
  /** [N, 6], the symmetric 3 x 3 matrices B_i: xx, xy, xz, yy, yz, zz */
  blocks: Float64Array;
  /** [N, 3], b_i */
  rightSide: Float64Array;
  /** cm² */
  stiffness: number;
}

/**
 * Returns a function that improves displacements in place until they solve a problem, and says in how many rounds.
 *
 * Conjugate gradients, with (stiffness S + diag(tr B_i / 3)) in place of the blocks as the preconditioner: one matrix for the three
 * coordinates, whose Cholesky factor has a fixed order. It is made anew when the stiffness changes and serves the later steps
 * of the same stiffness. Rounds end when the residual, in the preconditioner's norm, is below `tolerance` of what it was.
 */
export function displacementSolver(S: SparseMatrix, points: Float64Array, tolerance: number) {
  const size = S.size;
  const pattern = analyzePattern(S, points);
  const make = () => new Float64Array(3 * size);
  const [residual, preconditioned, direction, image, scratch] = [make(), make(), make(), make(), make()];
  let factor: CholeskyFactor | undefined;
  let stiffness = Number.NaN;
  return (problem: DisplacementProblem, displacements: Float64Array): number => {
    if (!factor || stiffness !== problem.stiffness) {
      stiffness = problem.stiffness;
      factor = factorize(pattern, S, stiffness, meanDiagonal(problem.blocks));
    }
    multiply(S, problem, displacements, image);
    for (let i = 0; i < residual.length; i++) residual[i] = problem.rightSide[i] - image[i];
    solveFactor(factor, residual, preconditioned, scratch);
    direction.set(preconditioned);
    let length = dot(residual, preconditioned);
    const enough = tolerance * tolerance * length;
    let rounds = 0;
    for (; rounds < MOST_ROUNDS && length > enough; rounds++) {
      multiply(S, problem, direction, image);
      const step = length / dot(direction, image);
      for (let i = 0; i < residual.length; i++) {
        displacements[i] += step * direction[i];
        residual[i] -= step * image[i];
      }
      solveFactor(factor, residual, preconditioned, scratch);
      const next = dot(residual, preconditioned);
      const turn = next / length;
      length = next;
      for (let i = 0; i < direction.length; i++) direction[i] = preconditioned[i] + turn * direction[i];
    }
    return rounds;
  };
}

/** Far more than the ten or so that a step takes. */
const MOST_ROUNDS = 200;

/**
 * A third of each block's trace. Where nothing holds a point but the stiffness, a millionth of the mean is added, or a part of the
 * template without a match would make the matrix singular.
 */
function meanDiagonal(blocks: Float64Array): Float64Array {
  const result = new Float64Array(blocks.length / 6);
  let sum = 0;
  for (let i = 0; i < result.length; i++) {
    result[i] = (blocks[6 * i] + blocks[6 * i + 3] + blocks[6 * i + 5]) / 3;
    sum += result[i];
  }
  const least = (1e-6 * sum) / result.length || 1e-6;
  return result.map((value) => value + least);
}

/** (stiffness S + B) x */
function multiply(S: SparseMatrix, problem: DisplacementProblem, x: Float64Array, into: Float64Array): void {
  const { starts, columns, values } = S;
  const { blocks, stiffness } = problem;
  for (let i = 0; i < S.size; i++) {
    let s0 = 0;
    let s1 = 0;
    let s2 = 0;
    for (let k = starts[i]; k < starts[i + 1]; k++) {
      const j = 3 * columns[k];
      const value = values[k];
      s0 += value * x[j];
      s1 += value * x[j + 1];
      s2 += value * x[j + 2];
    }
    const [a, b, c, at] = [x[3 * i], x[3 * i + 1], x[3 * i + 2], 6 * i];
    into[3 * i] = stiffness * s0 + blocks[at] * a + blocks[at + 1] * b + blocks[at + 2] * c;
    into[3 * i + 1] = stiffness * s1 + blocks[at + 1] * a + blocks[at + 3] * b + blocks[at + 4] * c;
    into[3 * i + 2] = stiffness * s2 + blocks[at + 2] * a + blocks[at + 4] * b + blocks[at + 5] * c;
  }
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}
