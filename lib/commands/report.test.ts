import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Profile } from 'lib/experiment';
import { TINY } from '../experiment/profile.fixture';
import { whatWasDone } from './report';

const facts = { subjects: 6, points: 5000, failed: [{ scan: '0003', failure: 'holes' }] };
const images = { train: 1200, validation: 4, test: 8 };
const told = (given: Partial<Profile>) =>
  whatWasDone({ profile: { ...TINY, ...given }, heads: { source: 'population' } }, 3, facts, { images });

test('what was done is told in three paragraphs, of this run’s numbers', () => {
  assert.deepEqual(told({}), [
    'Heads were drawn from the embedded population, 6 of them gave a morphable model of 3 components on 5,000 points, and images of 32 × 32 pixels with known pose were rendered: 1,200 to train, 4 to choose checkpoints, 8 to test, no subject in two of them. One network was trained with each of 2 losses, 4 steps each; a seed’s trainings start from the same first weights and see the images in the same order.',
    'Every head was scanned by a simulated sensor, with noise, holes and a pose of the scanner’s own, and the template was registered to the scan. A subject’s true shape is its registered scan; 1 training scans failed and are left out.',
    'The weights of Coarse and XQT balance their terms at the network’s start; they were not searched. Each training image was seen mirrored too. The network puts out the head’s place in the camera’s frame (head-centre), not the camera’s centre as in the paper.',
  ]);
});

test('what a profile has otherwise is told too: outputs, steps, encoders, sizes', () => {
  const network = { ...TINY.network, poseOutput: 'camera-centre' } as const;
  const [, , ends] = told({ network, procrustes: 'similarity', losses: [{ name: 'srl' }] });
  assert.match(ends, /SRL was trained as long as the others.* All heads were brought to one size/);
  assert.match(
    ends,
    /\. The network puts out the camera’s centre in the model’s frame, as in the paper \(camera-centre\)\.$/,
  );
  const [begins, , srl] = told({
    losses: [
      { name: 'xqt', encoder: 'light' },
      { name: 'srl', steps: 8 },
    ],
  });
  assert.match(begins, /4 steps each unless the loss’s name says otherwise; a seed’s trainings of one encoder start/);
  assert.doesNotMatch(srl, /as long as the others/);
});
