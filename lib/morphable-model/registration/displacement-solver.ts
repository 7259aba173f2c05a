import { type CholeskyFactor, solveFactor } from './sparse-cholesky';
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
 * Conjugate gradients. The preconditioner is the factor of (stiffness S + M / 3) for the areas M, one matrix for the three
 * coordinates in place of the blocks, whose mean trace is about M: it needs the stiffness alone, so that one factor serves all
 * steps of a stage. Rounds end when the residual, in the preconditioner's norm, is below `tolerance` of what it was.
 */
export function displacementSolver(S: SparseMatrix, tolerance: number) {
  const size = S.size;
  const make = () => new Float64Array(3 * size);
  const [residual, preconditioned, direction, image, scratch] = [make(), make(), make(), make(), make()];
  return (problem: DisplacementProblem, factor: CholeskyFactor, displacements: Float64Array): number => {
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
