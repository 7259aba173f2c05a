// npm run check -- NAME: what takes too long for every test run.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { root } from './setup.mjs';

const folder = path.join(root, 'environment', 'checks');
const known = fs
  .readdirSync(folder)
  .filter((name) => name.endsWith('.mjs'))
  .map((name) => path.basename(name, '.mjs'));
const [name, ...rest] = process.argv.slice(2);
if (!known.includes(name)) {
  console.error(`usage: npm run check -- NAME, where NAME is one of ${known.join(', ')}`);
  process.exit(1);
}
process.exit(
  spawnSync(process.execPath, [path.join(folder, `${name}.mjs`), ...rest], { cwd: root, stdio: 'inherit' }).status ?? 1,
);
