import assert from 'node:assert/strict';
import { test } from 'node:test';
import { duration, type ProgressOutput, showProgress } from './progress';

/** An output that keeps what is written, and a clock in seconds that the test moves. */
function place(output: Partial<ProgressOutput> = {}) {
  const written: string[] = [];
  const clock = { seconds: 0 };
  const options = {
    output: { write: (text: string) => written.push(text), ...output },
    now: () => clock.seconds * 1000,
  };
  return { written, clock, options };
}

test('a pipe gets a full line at most every ten seconds, and one at the end', () => {
  const { written, clock, options } = place();
  const progress = showProgress('train', 100, options);
  for (let done = 1; done <= 50; done++) {
    clock.seconds = done / 2;
    progress.update(done, 'loss 2.1');
  }
  progress.end();
  assert.deepEqual(written, [
    'train 20/100 (10 s, 40 s left) loss 2.1\n',
    'train 40/100 (20 s, 30 s left) loss 2.1\n',
    'train 50/100 (25 s) loss 2.1\n',
  ]);
});

test('what was done before and is only counted does not make the rest look short', () => {
  const { written, clock, options } = place();
  const progress = showProgress('train', 200, options);
  progress.update(100);
  for (let done = 101; done <= 120; done++) {
    clock.seconds = 5 * (done - 100);
    progress.update(done);
  }
  assert.equal(written.at(-1), 'train 120/200 (1 min 40 s, 6 min 40 s left)\n');
});

test('no time is said to be left where nothing is done', () => {
  const { written, clock, options } = place();
  const progress = showProgress('train', 10, options);
  for (const seconds of [10, 20]) {
    clock.seconds = seconds;
    progress.update(0);
  }
  assert.deepEqual(written, ['train 0/10 (10 s)\n', 'train 0/10 (20 s)\n']);
});

test('a terminal has one line that is rewritten and cut at its width', () => {
  const { written, clock, options } = place({ isTTY: true, columns: 21 });
  const progress = showProgress('train', 4, options);
  progress.update(1);
  clock.seconds = 0.05;
  progress.update(2);
  clock.seconds = 2;
  progress.update(2);
  progress.end('done');
  progress.end('again');
  assert.deepEqual(written, [
    '\rtrain 1/4 (0 s, 0 s…\x1b[K',
    '\rtrain 2/4 (2 s, 4 s…\x1b[K',
    '\rtrain 2/4 (2 s) done\x1b[K\n',
  ]);
});

test('a notebook has one display that is updated in place', (context) => {
  const shown: { html: string; options: { displayId: string; update: boolean } }[] = [];
  const world = globalThis as Record<symbol, unknown>;
  world[Symbol.for('notebook')] = {
    display: (bundle: Record<string, string>, options: never) => shown.push({ html: bundle['text/html'], options }),
  };
  context.after(() => delete world[Symbol.for('notebook')]);
  const { written, clock, options } = place();
  const progress = showProgress('<b>train</b>', 4, options);
  progress.update(1);
  clock.seconds = 3;
  progress.update(3);
  progress.end();
  assert.deepEqual(written, []);
  assert.equal(shown.length, 3);
  assert.deepEqual(
    shown.map(({ options }) => options.update),
    [false, true, true],
  );
  assert.equal(new Set(shown.map(({ options }) => options.displayId)).size, 1);
  assert.ok(shown[1].html.includes('value="0.7500"') && shown[1].html.includes('2 s left'));
  assert.ok(!shown[1].html.includes('<b>'));
});

test('nothing that a loop says or an output does makes it throw', () => {
  const { options } = place({
    isTTY: true,
    write: () => {
      throw new Error('closed');
    },
  });
  const progress = showProgress('train', 0, options);
  progress.update(Number.NaN);
  progress.update(-1);
  progress.update(7);
  progress.end();
  progress.update(8);
});

test('without a total it counts', () => {
  const { written, options } = place();
  const progress = showProgress('read', 0, options);
  progress.update(7);
  progress.end();
  assert.deepEqual(written, ['read 7 (0 s)\n']);
});

test('a duration has two units at most', () => {
  assert.deepEqual(
    [7, 59.6, 200, 7500].map((seconds) => duration(seconds * 1000)),
    ['7 s', '1 min 0 s', '3 min 20 s', '2 h 5 min'],
  );
});
