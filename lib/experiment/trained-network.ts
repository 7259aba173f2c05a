import type { ShapeBasis } from 'lib/morphable-model';
import { createRandom } from 'lib/random';
import { type Network, readCheckpoint, reconstructionNetwork, setWeights } from 'lib/training';
import { type LossSpec, networkOf } from './profile';
import { readRun } from './run';

/**
 * The network that a run trained with a loss and a seed, at the checkpoint that validation chose.
 *
 * @param basis  the run's morphable model, on all points or on some
 */
export function trainedNetwork(runFolder: string, loss: LossSpec, seed: number, basis: ShapeBasis): Network {
  const { profile, files } = readRun(runFolder);
  const network = reconstructionNetwork(basis, networkOf(profile, loss), createRandom(0));
  const { weights } = readCheckpoint(files.training(loss, seed).weights);
  // behind them stand what a loss has learned for itself (`withVariables`)
  setWeights(network, weights.slice(0, network.variables.length));
  return network;
}
