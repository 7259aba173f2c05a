/** Table 1 of the paper: before mirroring. */
export const PAPER_TABLE_1 = {
  train: { subjects: 4543, images: 20_349 },
  validation: { subjects: 675, images: 2976 },
  test: { subjects: 1310, images: 6347 },
} as const;

/** Table 2 of the paper: its test set, real photographs, VGG-16, 100 components. */
export const PAPER_TABLE_2 = [
  {
    loss: 'coarse',
    title: 'Coarse',
    reprojectionPixels: 11.1,
    shapeMillimetres: 2.3,
    translationCentimetres: 3.0,
    rotationDegrees: 3.0,
    minutesPerEpoch: 6.8,
    epochs: 120,
    trainings: 20,
    totalDays: 11.3,
  },
  {
    loss: 'xqt',
    title: 'XQT',
    reprojectionPixels: 11.6,
    shapeMillimetres: 2.5,
    translationCentimetres: 3.3,
    rotationDegrees: 3.1,
    minutesPerEpoch: 6.9,
    epochs: 120,
    trainings: 20,
    totalDays: 11.5,
  },
  {
    loss: 'gal',
    title: 'GAL',
    reprojectionPixels: 17.1,
    shapeMillimetres: 2.8,
    translationCentimetres: 3.0,
    rotationDegrees: 3.1,
    minutesPerEpoch: 9.2,
    epochs: 120,
    trainings: 1,
    totalDays: 0.8,
  },
  {
    loss: 'srl',
    title: 'SRL',
    reprojectionPixels: 3.3,
    shapeMillimetres: 9.0,
    translationCentimetres: 12.6,
    rotationDegrees: 51.7,
    minutesPerEpoch: 9.3,
    epochs: 500,
    trainings: 1,
    totalDays: 3.2,
  },
  {
    loss: 'mrl',
    title: 'MRL, 2 views',
    reprojectionPixels: 4.3,
    shapeMillimetres: 3.0,
    translationCentimetres: 4.2,
    rotationDegrees: 4.3,
    minutesPerEpoch: 14.9,
    epochs: 120,
    trainings: 1,
    totalDays: 1.2,
  },
] as const;

/** Table 3 of the paper: mm on real photographs and scans. Losses have the names that ours have in files. */
export const PAPER_TABLE_3 = [
  { loss: 'coarse', micc: 2.2, facewarehouse: 2.2 },
  { loss: 'xqt', micc: 2.3, facewarehouse: 2.2 },
  { loss: 'gal-released', micc: 2.2, facewarehouse: 2.2 },
  { loss: 'srl', micc: 2.9, facewarehouse: 2.8 },
  { loss: 'mrl-2', micc: 2.2, facewarehouse: 2.3 },
] as const;
