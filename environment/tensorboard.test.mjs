import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { answers } from './checks/lab/server.mjs';

test('TensorBoard answers on this machine only, and only those who know its token', async (t) => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'board '));
  t.after(() => fs.rmSync(folder, { recursive: true, force: true }));
  const child = spawn(process.execPath, ['environment/tensorboard.mjs', folder, '--port', '0'], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  t.after(() => child.kill('SIGKILL'));
  let printed = '';
  const address = await new Promise((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (text) => {
        printed += text;
        const found = /http:\/\/localhost:(\d+)\/([0-9a-f]{48})\//.exec(printed);
        if (found) resolve({ port: Number(found[1]), token: found[2] });
      });
    child.once('close', (code) => reject(new Error(`it ended with ${code}:\n${printed}`)));
  });
  const { port, token } = address;
  const status = async (place) => (await fetch(`http://127.0.0.1:${port}${place}`)).status;
  assert.equal(await status(`/${token}/data/runs`), 200);
  for (const place of ['/', '/data/runs', '/data/environment', `/${token.slice(1)}/data/runs`, `/${token}x/data/runs`])
    assert.equal(await status(place), 404, place);
  // no program's arguments, and none of TensorBoard's own files, tell the token
  const told = fs
    .readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        return fs.readFileSync(`/proc/${pid}/cmdline`, 'latin1').includes(token);
      } catch {
        return false;
      }
    });
  assert.deepEqual(told, []);
  const infos = path.join(os.tmpdir(), '.tensorboard-info');
  for (const name of fs.existsSync(infos) ? fs.readdirSync(infos) : [])
    assert.ok(!fs.readFileSync(path.join(infos, name), 'utf8').includes(token), name);
  const others = Object.values(os.networkInterfaces())
    .flat()
    .filter(({ internal, family }) => !internal && family === 'IPv4');
  for (const { address: other } of others) assert.equal(await answers(other, port), false, other);
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  assert.deepEqual(await ended, [0, null]);
});
