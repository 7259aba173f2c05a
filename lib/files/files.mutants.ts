/** Faults to put into the module, one at a time, and the tests that must notice. */
export const mutants = [
  {
    file: 'lib/files/write-whole.ts',
    find: 'const beside = ',
    replace: 'const beside = file; void ',
    tests: ['lib/files/write-whole.test.ts'],
    breaks: 'a killed or failed write leaves half a file',
  },
  {
    file: 'lib/files/write-whole.ts',
    find: '    fs.rmSync(beside, { force: true });\n',
    replace: '',
    tests: ['lib/files/write-whole.test.ts'],
    breaks: 'a failed write leaves its partial file behind',
  },
  {
    file: 'lib/files/write-whole.ts',
    find: '      fs.fsyncSync(handle);\n',
    replace: '',
    tests: ['lib/files/write-whole.test.ts'],
    breaks: 'a file may take its place before it is on the disk',
  },
  {
    file: 'lib/files/arrays.ts',
    find: 'if (checksum(body) !== header.sha256)',
    replace: "if (header.sha256 === '')",
    tests: ['lib/files/arrays.test.ts'],
    breaks: 'changed numbers are read as if they were right',
  },
  {
    file: 'lib/files/arrays.ts',
    find: 'if (end > body.length)',
    replace: 'if (end > Number.MAX_VALUE)',
    tests: ['lib/files/arrays.test.ts'],
    breaks: 'a header that promises more is believed',
  },
  {
    file: 'lib/files/arrays.ts',
    find: 'if (offset < body.length)',
    replace: 'if (offset < 0)',
    tests: ['lib/files/arrays.test.ts'],
    breaks: 'a header that promises less is believed',
  },
  {
    file: 'lib/files/arrays.ts',
    find: 'data.byteOffset, data.byteLength',
    replace: '0, data.byteLength',
    tests: ['lib/files/arrays.test.ts'],
    breaks: 'a view is written from its buffer’s start',
  },
  {
    file: 'lib/files/arrays.ts',
    find: "issue.path.join('.')",
    replace: 'issue.code',
    tests: ['lib/files/arrays.test.ts'],
    breaks: 'an error no longer names the field',
  },
];
