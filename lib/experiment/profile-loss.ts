import { defaultCamera } from 'lib/geometry';
import {
  balancedWeights,
  objectives,
  type RunOptions,
  startingLogVariances,
  startingTermScales,
  viewSamplers,
} from 'lib/training';
import { type LossSpec, lossTitle } from './profile';

/**
 * A profile's loss for a training.
 *
 * @param weights  alpha of Coarse, beta and gamma of XQT, such as a search found; those that balance the terms at the network's
 *                 start by default
 */
export function profileLoss(
  loss: LossSpec,
  { dataset, basis, network }: Pick<RunOptions, 'dataset' | 'basis' | 'network'>,
  weights?: Record<string, number>,
): RunOptions['loss'] {
  const camera = defaultCamera(network.imageSize);
  // an edit of the library that changes no loss must not make its trainings others
  const named = { name: lossTitle(loss), source: 'lib/losses' };
  switch (loss.name) {
    case 'coarse': {
      const { alpha } = weights ?? balancedWeights(startingTermScales(dataset, basis));
      return { ...named, objective: objectives.coarse(alpha), settings: { alpha } };
    }
    case 'xqt': {
      const { beta, gamma } = weights ?? balancedWeights(startingTermScales(dataset, basis));
      return { ...named, objective: objectives.xqt(beta, gamma), settings: { beta, gamma } };
    }
    case 'learned-weighting': {
      const logVariances = startingLogVariances();
      return { ...named, objective: objectives.learnedWeighting(logVariances), variables: [logVariances] };
    }
    case 'gal':
      return { ...named, objective: objectives.gal(loss.frame, loss.norm) };
    case 'srl':
      return { ...named, objective: objectives.srl(camera, loss) };
    case 'mrl': {
      const sample = viewSamplers[loss.viewSampler ?? 'training-poses'](dataset);
      return { ...named, objective: objectives.mrl(camera, loss.views, sample, loss.norm) };
    }
  }
}
