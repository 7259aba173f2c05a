import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { temporaryFolder } from '../files/temporary-folder.fixture';
import { makeStandIn } from './stand-in';

test('names the option that is wrong, and writes nothing among files of a data set', async (t) => {
  const root = temporaryFolder(t);
  fs.mkdirSync(path.join(root, 'subject_01'));
  for (const count of [0, 151])
    await assert.rejects(makeStandIn({ layout: 'micc', out: root, count }), {
      message: `--count must be 1 to 150, but is ${count}`,
    });
  await assert.rejects(makeStandIn({ layout: 'micc', out: root, count: 1, model: 'flame=x' }), {
    message: '--model must be ict-facekit=FOLDER, but is flame=x',
  });
  await assert.rejects(makeStandIn({ layout: 'micc', out: root, count: 1 }), {
    message: `${root} must be empty or a stand-in, since files of a data set there would be replaced, but is neither`,
  });
  assert.deepEqual(fs.readdirSync(root), ['subject_01']);
});
