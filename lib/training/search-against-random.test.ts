import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom } from 'lib/random';
import { newJournal, numbers, quadratic, SPACE, search } from './search.fixture';

test('twenty trials come near the least place of a quadratic, and nearer than random ones on average', async (t) => {
  const random = createRandom('random search');
  const uniform = (low: number, high: number) =>
    10 ** (Math.log10(low) + random.uniform() * (Math.log10(high) - Math.log10(low)));
  const guess = () => quadratic({ weight: uniform(...SPACE.weight), learningRate: uniform(...SPACE.learningRate) });
  let [searched, guessed] = [0, 0];
  for (const { trials, best } of await Promise.all(numbers(10).map((seed) => search(newJournal(t), { seed })))) {
    const scores = trials.map(({ parameters }) => quadratic(parameters as Record<keyof typeof SPACE, number>));
    assert.deepEqual(
      trials.map((trial) => trial.state === 'complete' && trial.score),
      scores,
    );
    assert.equal(best?.score, Math.min(...scores));
    // two fifths of a decade away at most; the bounds are two decades apart
    assert.ok(best.score < 0.16, `the best is ${best.score}`);
    searched += best.score / 10;
    guessed += Math.min(...numbers(20).map(guess)) / 10;
  }
  assert.ok(searched <= guessed, `${searched} on average, but ${guessed} with random parameters`);
});
