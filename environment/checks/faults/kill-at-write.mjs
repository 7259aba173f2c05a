// Loaded before a step: kills it with all that it started at the write and the moment that KILL_AT_WRITE names: "3 half written".
import { createRequire } from 'node:module';
import { register } from 'tsx/cjs/api';

register();
const { killAtWrite } = createRequire(import.meta.url)('../../../lib/files/kill-at-write.fixture.ts');
const [, count, when] = /^(\d+) (.+)$/.exec(process.env.KILL_AT_WRITE);
let left = Number(count);
killAtWrite(
  () => --left === 0,
  when,
  // the step leads a group of its own
  () => process.kill(-process.pid, 'SIGKILL'),
);
