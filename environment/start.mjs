// npm start: set-up, the smoke profile on the embedded population of heads, and the path of the report to open.
import path from 'node:path';
import { reproduce } from './reproduce.mjs';
import { setUpOrExit } from './setup.mjs';

const started = Date.now();
await setUpOrExit({ cpu: process.argv.includes('--cpu'), gpu: process.argv.includes('--gpu') });
const run = await reproduce({ profile: 'smoke' });
if (!run) process.exit(1);
const seconds = Math.round((Date.now() - started) / 1000);
console.log(`\nDone in ${Math.floor(seconds / 60)} min ${seconds % 60} s. Open the report in a browser:`);
console.log(path.join(run, 'report.html'));
