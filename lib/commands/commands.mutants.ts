/** Faults to put into the module, one at a time, and the tests that must notice. */
export const mutants = [
  {
    file: 'lib/commands/train.ts',
    find: 'upTo(broken, resumeFrom.step)',
    replace: 'broken',
    tests: ['lib/commands/train.test.ts'],
    breaks: 'a resumed training writes down steps twice',
  },
  {
    file: 'lib/commands/train.ts',
    find: 'broken?.madeFrom === madeFrom ?',
    replace: 'broken ?',
    tests: ['lib/commands/train.test.ts'],
    breaks: 'a training goes on from another profile’s checkpoint',
  },
  {
    file: 'lib/commands/train.ts',
    find: 'writeCheckpoint(own.weights, readCheckpoint(own.best));',
    replace: 'writeCheckpoint(own.weights, readCheckpoint(own.checkpoint));',
    tests: ['lib/commands/train.test.ts'],
    breaks: 'the last weights are kept, not the best',
  },
  {
    file: 'lib/commands/evaluate.ts',
    find: "meanPose(openDataset(files.dataset('train')))",
    replace: 'meanPose(test)',
    tests: ['lib/commands/evaluate.test.ts'],
    breaks: 'the mean predictor has seen the test set',
  },
  {
    file: 'lib/commands/evaluate.ts',
    find: 'pose: poseOf(test, image) };',
    replace: 'pose: poseOf(test, 0) };',
    tests: ['lib/commands/evaluate.test.ts'],
    breaks: 'the projection’s floor has a wrong pose',
  },
];
