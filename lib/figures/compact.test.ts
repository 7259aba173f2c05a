import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compact, compactJson } from './compact';

test('a typed array becomes its bytes, from where it begins in its buffer', () => {
  const whole = new Float32Array([9, 1, Number.NaN, 9]);
  const { dtype, bdata } = compact(whole.subarray(1, 3)) as { dtype: string; bdata: string };
  assert.equal(dtype, 'f4');
  const bytes = new Uint8Array(Buffer.from(bdata, 'base64'));
  assert.deepEqual(new Float32Array(bytes.buffer), new Float32Array([1, Number.NaN]));
});

test('plain data stay as they are, without what is undefined', () => {
  assert.deepEqual(compact({ a: [1, 'b', null], c: undefined, d: { e: true } }), { a: [1, 'b', null], d: { e: true } });
});

test('JSON for a script holds no angle bracket and reads back the same', () => {
  const text = '</script><!--\u2028';
  assert.ok(!/[<\u2028]/.test(compactJson({ text })));
  assert.deepEqual(JSON.parse(compactJson({ text })), { text });
});

test('an array that plotly.js cannot read is refused by its name', () => {
  assert.throws(() => compact([new BigInt64Array(1)]), /a figure cannot hold a BigInt64Array/);
});
