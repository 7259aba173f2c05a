import type { Profile } from './profile';

/** As little as a run can be asked for. */
export const TINY: Profile = {
  name: 'tiny',
  description: 'for tests',
  seed: 1,
  subjects: { train: 6, validation: 2, test: 4 },
  viewsPerSubject: { train: 2, validation: 2, test: 2 },
  views: {
    yawDegrees: 30,
    maxYawDegrees: 80,
    pitchDegrees: 8,
    rollDegrees: 4,
    distance: { mean: 62, deviation: 4 },
    offset: 1.2,
  },
  imageSize: 32,
  components: 3,
  lossPoints: 20,
  network: { encoder: 'small', poseOutput: 'head-centre', coefficientScale: 0.1 },
  training: { steps: 4, batchSize: 2, learningRate: 0.001, seeds: [1] },
  losses: [{ name: 'xqt' }, { name: 'mrl', views: 2 }],
};
