/** Faults to put into the module, one at a time, and the tests that must notice. */
export const mutants = [
  {
    file: 'lib/experiment/findings.ts',
    find: 'held: gal.errors.rotationDegrees < meanHead.rotationDegrees / 2',
    replace: 'held: gal.errors.rotationDegrees < meanHead.rotationDegrees',
    tests: ['lib/experiment/findings.test.ts'],
    breaks: 'GAL’s statement holds when it should not',
  },
  {
    file: 'lib/experiment/findings.ts',
    find: 'if (srl && rows.length > 1) {',
    replace: 'if (srl) {',
    tests: ['lib/experiment/findings.test.ts'],
    breaks: 'SRL is called worst of none',
  },
  {
    file: 'lib/experiment/findings.ts',
    find: 'held: below.length === rows.length',
    replace: 'held: below.length > 0',
    tests: ['lib/experiment/findings.test.ts'],
    breaks: 'one good loss speaks for all',
  },
  {
    file: 'lib/experiment/run.ts',
    find: 'Math.floor((i * total) / Math.min(count, total))',
    replace: 'i',
    tests: ['lib/experiment/run.test.ts'],
    breaks: 'the first points are taken for evenly spread ones',
  },
  {
    file: 'lib/experiment/heads.ts',
    find: '.fork(split)',
    replace: '',
    tests: ['lib/experiment/run.test.ts'],
    breaks: 'the same heads are in all splits',
  },
  {
    file: 'lib/experiment/profile.ts',
    find: "loss.name === 'gal' ?",
    replace: "loss.name === 'gal' && loss.frame === 'camera' ?",
    tests: ['lib/experiment/profile.test.ts', 'lib/experiment/run.test.ts'],
    breaks: 'one frame of GAL loses its name',
  },
  {
    file: 'lib/experiment/result-figures.ts',
    find: 'bin.fromDegrees + 5',
    replace: 'bin.fromDegrees',
    tests: ['lib/experiment/result-figures.test.ts'],
    breaks: 'bins are drawn at their lower edge',
  },
  {
    file: 'lib/experiment/profile.ts',
    find: "low < high, 'the first",
    replace: "low <= high, 'the first",
    tests: ['lib/experiment/profile.test.ts'],
    breaks: 'a search has an empty interval of learning rates',
  },
];
