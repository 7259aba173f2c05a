import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { showExercise } from './exercise';

function inNotebook(context: TestContext) {
  const shown: Record<string, unknown>[] = [];
  const world = globalThis as Record<symbol, unknown>;
  world[Symbol.for('notebook')] = {
    display: (bundle: Record<string, unknown>) => void shown.push(bundle),
    interruptSignal: () => new AbortController().signal,
  };
  context.after(() => delete world[Symbol.for('notebook')]);
  return shown;
}

test('an exercise whose checks all hold is solved', (context) => {
  const shown = inNotebook(context);
  showExercise('signs', [
    { says: 'u is wrong', holds: true },
    { says: 'v is wrong', holds: () => true },
  ]);
  assert.equal(shown.length, 1);
  assert.equal(shown[0]['text/plain'], 'Exercise "signs": Solved');
  assert.match(String(shown[0]['text/html']), /Solved/);
});

test('an exercise that is not solved names each check that does not hold, and no other', (context) => {
  const shown = inNotebook(context);
  showExercise('signs', [
    { says: 'u is wrong', holds: false },
    { says: 'v is wrong', holds: true },
    { says: 'depth < 0', holds: () => false },
  ]);
  assert.equal(shown[0]['text/plain'], 'Exercise "signs": Not yet: u is wrong; depth < 0');
  const html = String(shown[0]['text/html']);
  assert.match(html, /<li>u is wrong<\/li><li>depth &lt; 0<\/li>/);
  assert.doesNotMatch(html, /v is wrong|Solved/);
});

test('code of a student that throws is not solved, and its message is shown', (context) => {
  const shown = inNotebook(context);
  const holds = () => {
    throw new Error('R is not defined');
  };
  showExercise('signs', [{ says: 'u is wrong', holds }]);
  assert.equal(
    shown[0]['text/plain'],
    'Exercise "signs": Not yet: u is wrong (the code stopped with "R is not defined")',
  );
});

test('an exercise without checks is never solved', (context) => {
  const shown = inNotebook(context);
  showExercise('signs', []);
  assert.equal(shown[0]['text/plain'], 'Exercise "signs": Not yet: nothing was checked');
});

test('outside a notebook an exercise is a line of text', (context) => {
  const log = context.mock.method(console, 'log', () => {});
  showExercise('signs', [{ says: 'u is wrong', holds: false }]);
  log.mock.restore();
  assert.deepEqual(
    log.mock.calls.map((call) => call.arguments),
    [['Exercise "signs": Not yet: u is wrong']],
  );
});
