// At which sizes costs are measured: of each list the last is the one that the fit does not see.

export const FULL = {
  /** People who are scanned and registered. */
  scanned: [8, 16, 32, 48],
  /** Made heads, which need no registration. */
  made: [100, 200, 400, 600],
  /** [people, images of each, pixels along a side] */
  rendered: [
    [12, 2, 64],
    [24, 2, 64],
    [24, 4, 64],
    [24, 2, 128],
    [12, 6, 32],
    [36, 3, 96],
  ],
  /** Pixels along a side; each encoder halves it so many times. */
  pixels: { small: [48, 64, 96, 80], light: [48, 64, 96, 80], medium: [48, 64, 96, 80], vgg16: [64, 96, 128, 224] },
  losses: ['coarse', 'xqt', 'learned-weighting', 'gal', 'srl', 'mrl'],
  points: [1000, 4000, 7839, 6000],
  views: [1, 2, 8, 4],
  /** Images of which heads are predicted. */
  predictions: 64,
  steps: { small: 20, light: 20, medium: 10, vgg16: 4 },
  twoWorkers: { scanned: 24, rendered: [48, 6, 224] },
};

/** To see that the check works. */
export const SMALL = {
  scanned: [1, 2, 3, 4],
  made: [10, 20, 30, 40],
  rendered: [
    [4, 2, 32],
    [8, 2, 32],
    [8, 4, 32],
    [8, 2, 48],
    [12, 3, 48],
  ],
  pixels: { small: [32, 48, 64, 80], vgg16: [32, 64, 128, 96] },
  losses: ['gal', 'mrl'],
  points: [200, 400, 800, 600],
  views: [1, 2, 4, 3],
  predictions: 8,
  steps: { small: 2, vgg16: 1 },
  twoWorkers: { scanned: 4, rendered: [8, 14, 224] },
};
