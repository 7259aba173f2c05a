import assert from 'node:assert/strict';
import { test } from 'node:test';
import { device } from './device';
import { loadError, tf } from './load';

const reasonOf = (message: string) => loadError(new Error(message));

test('says that the addon is not compiled where it is missing', () => {
  const missing =
    "The Node.js native addon module (tfjs_binding.node) can not be found at path: /some/path \nPlease run command 'npm rebuild'";
  assert.equal(
    reasonOf(missing),
    'TensorFlow does not load: its addon is not compiled yet. Run "node environment/setup.mjs" in the workspace\'s folder; it compiles what is missing.',
  );
});

test('says that the addon is of another Node, TensorFlow or machine, with the first line of why', () => {
  for (const line of [
    "The module 'tfjs_binding.node' was compiled against a different Node.js version using",
    'libtensorflow.so.2: cannot open shared object file: No such file or directory',
    'tfjs_binding.node: undefined symbol: TF_TensorFromProto',
    'tfjs_binding.node: invalid ELF header',
  ]) {
    const text = reasonOf(`${line}\nNODE_MODULE_VERSION 115\n    at somewhere`);
    assert.ok(
      text.includes(`its addon was compiled for another Node, TensorFlow or machine (${line}). Run "node`),
      text,
    );
    assert.ok(!text.includes('\n'), 'one line is enough');
  }
});

test('passes on the first line of any other error', () => {
  assert.match(reasonOf('out of memory\nmore'), /^TensorFlow does not load: out of memory\. Run "node environment/);
});

test('TensorFlow computes, on the device that it names', () => {
  assert.equal(
    tf.tidy(() => tf.sum(tf.tensor1d([1, 2, 3])).dataSync()[0]),
    6,
  );
  const { kind, name, version } = device();
  assert.ok(kind === 'cpu' || kind === 'gpu');
  assert.ok(name.length > 0);
  // the C library's own version, 2.11 or later; tfjs's is 4.x
  assert.match(version, /^2\.\d+\.\d+/);
});
