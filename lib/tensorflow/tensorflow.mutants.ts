/** Faults to put into the module, one at a time, and the tests that must notice. */
export const mutants = [
  {
    file: 'lib/tensorflow/adam.ts',
    find: '        FIRST_MOMENT_DECAY ** this.steps,\n',
    replace: '        FIRST_MOMENT_DECAY,\n',
    tests: ['lib/tensorflow/adam.test.ts'],
    breaks: 'the first moment’s correction stays that of the first step',
  },
  {
    file: 'lib/tensorflow/adam.ts',
    find: 'const SECOND_MOMENT_DECAY = 0.999;',
    replace: 'const SECOND_MOMENT_DECAY = 0.99;',
    tests: ['lib/tensorflow/adam.test.ts'],
    breaks: 'the second moment forgets ten times as fast',
  },
  {
    file: 'lib/tensorflow/adam.ts',
    find: '    this.steps = state.steps;\n',
    replace: '',
    tests: ['lib/tensorflow/adam.test.ts'],
    breaks: 'a restored Adam counts its steps anew',
  },
  {
    file: 'lib/tensorflow/adam.ts',
    find: '        write(slot.weight, this.variables[i]);\n',
    replace: '',
    tests: ['lib/tensorflow/adam.test.ts'],
    breaks: 'a restored Adam goes on from old weights',
  },
  {
    file: 'lib/tensorflow/adam.ts',
    find: '        tensor.dispose();\n',
    replace: '',
    tests: ['lib/tensorflow/adam.test.ts'],
    breaks: 'each state keeps its tensors in memory',
  },
  {
    file: 'lib/tensorflow/fused-ops.ts',
    find: '[dy, saved[0]]',
    replace: '[saved[0], dy]',
    tests: ['lib/tensorflow/fused-ops.test.ts'],
    breaks: 'relu passes the input on in place of the gradient',
  },
  {
    file: 'lib/tensorflow/fused-ops.ts',
    find: 'const y = tf.relu(x as Tensor);',
    replace: 'const y = tf.leakyRelu(x as Tensor, 0.01);',
    tests: ['lib/tensorflow/fused-ops.test.ts'],
    breaks: 'relu leaks below 0',
  },
  {
    file: 'lib/tensorflow/load.ts',
    find: "message.trim().split('\\n')[0]",
    replace: 'message.trim()',
    tests: ['lib/tensorflow/load.test.ts'],
    breaks: 'an error of many lines is passed on whole',
  },
];
