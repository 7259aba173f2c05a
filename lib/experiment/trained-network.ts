import type { ShapeBasis } from 'lib/morphable-model';
import { createRandom } from 'lib/random';
import { type Network, readCheckpoint, reconstructionNetwork, setWeights } from 'lib/training';
import { type LossSpec, networkOf } from './profile';
import { readRun } from './run';

/**
 * The network that a run trained with a loss and a seed, at the checkpoint that validation chose; the caller disposes of it.
 *
 * @param basis  the run's morphable model, on all points or on some
 * @throws {Error} when the run has no such weights, or they are of another network; then nothing is left to dispose of
 */
export function trainedNetwork(runFolder: string, loss: LossSpec, seed: number, basis: ShapeBasis): Network {
  const { profile, files } = readRun(runFolder);
  const { weights } = readCheckpoint(files.training(loss, seed).weights);
  const network = reconstructionNetwork(basis, networkOf(profile, loss), createRandom(0));
  try {
    // behind them stands what a loss has learned for itself (`withVariables`)
    setWeights(network, weights.slice(0, network.variables.length));
  } catch (error) {
    network.dispose();
    throw error;
  }
  return network;
}
