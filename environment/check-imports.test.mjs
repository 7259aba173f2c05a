import assert from 'node:assert/strict';
import { test } from 'node:test';
import { importErrors } from './check-imports.mjs';

test('a module may import from modules above it and from packages', () => {
  assert.deepEqual(
    importErrors('losses/a.ts', "import { tf } from 'lib/tensorflow';\nimport ndarray from 'ndarray';"),
    [],
  );
});

test('a module may not import from below, also when the import spans lines or is a type', () => {
  assert.equal(importErrors('mesh/a.ts', "import {\n  x,\n} from 'lib/losses';").length, 1);
  assert.equal(importErrors('mesh/a.ts', "import type { X } from 'lib/losses';").length, 1);
  assert.equal(importErrors('mesh/a.ts', "export { x } from 'lib/losses';").length, 1);
  assert.equal(importErrors('mesh/a.ts', "const x = await import('lib/losses');").length, 1);
  assert.equal(importErrors('mesh/a.ts', "import 'lib/losses';").length, 1);
});

test('a module may not reach past a public face', () => {
  assert.match(importErrors('losses/a.ts', "import { x } from 'lib/geometry/camera';")[0], /no module's public face/);
  assert.match(
    importErrors('losses/a.ts', "import { x } from '../geometry/camera';")[0],
    /reaches into another module/,
  );
  assert.deepEqual(importErrors('losses/a.ts', "import { x } from 'lib/geometry/batched';"), []);
  assert.deepEqual(importErrors('geometry/batched/a.ts', "import { x } from '../camera';"), []);
});

test('only lib/tensorflow loads tfjs; its types are free to all', () => {
  assert.match(
    importErrors('losses/a.ts', "import * as tf from '@tensorflow/tfjs-node-gpu';")[0],
    /only lib\/tensorflow/,
  );
  const types = "import type { Tensor } from '@tensorflow/tfjs-node-gpu';";
  assert.deepEqual(importErrors('losses/a.ts', types), []);
  assert.equal(
    importErrors('losses/a.ts', `${types}\nimport * as tf from '@tensorflow/tfjs-node-gpu';`).length,
    1,
    'types beside it make a value no type',
  );
  assert.deepEqual(importErrors('tensorflow/a.ts', "import * as tf from '@tensorflow/tfjs-node-gpu';"), []);
});

test('tests share fixtures across modules; the library does not use them', () => {
  assert.deepEqual(importErrors('training/a.test.ts', "import { x } from '../dataset/small.fixture';"), []);
  assert.equal(importErrors('training/a.ts', "import { x } from '../dataset/small.fixture';").length, 1);
});
