import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { cacheVariables } from './cache.mjs';
import { SetupError } from './terminal.mjs';

const scratch = (t) => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'cache '));
  t.after(() => fs.rmSync(folder, { recursive: true }));
  return folder;
};

test('without a shared folder npm and pip keep their own caches', () => {
  assert.deepEqual(cacheVariables({}), {});
  assert.deepEqual(cacheVariables({ RECONSTRUCT_CACHE: '' }), {});
});

test('npm and pip use the shared folder, also where npm was told another one', (t) => {
  const folder = scratch(t);
  const env = { ...process.env, npm_config_cache: '/elsewhere', ...cacheVariables({ RECONSTRUCT_CACHE: folder }) };
  const says = (program, ...args) => execFileSync(program, args, { env, encoding: 'utf8' }).trim();
  assert.equal(says('npm', 'config', 'get', 'cache'), path.join(folder, 'npm'));
  assert.equal(says(path.join('.venv', 'bin', 'python'), '-m', 'pip', 'cache', 'dir'), path.join(folder, 'pip'));
  assert.deepEqual(fs.readdirSync(folder).sort(), ['npm', 'pip']);
});

test('a folder that is none is named', (t) => {
  const file = path.join(scratch(t), 'file');
  fs.writeFileSync(file, '');
  assert.throws(() => cacheVariables({ RECONSTRUCT_CACHE: file }), {
    constructor: SetupError,
    message: `RECONSTRUCT_CACHE must be a folder that you may write to, but ${path.join(file, 'npm')} is not: ENOTDIR`,
  });
});
