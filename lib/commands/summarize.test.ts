import assert from 'node:assert/strict';
import { test } from 'node:test';
import { temporaryFolder } from '../files/temporary-folder.fixture';
import { commit } from './summarize';

test('the commit is the workspace’s, wherever the program was started', (t) => {
  const [here, expected] = [process.cwd(), commit()];
  t.after(() => process.chdir(here));
  process.chdir(temporaryFolder(t));
  assert.equal(commit(), expected);
});
