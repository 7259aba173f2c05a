// npm run grade FOLDER: the exercises of a class, graded with the checks of our own notebooks (environment/notebooks/grade.py).
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { python, root, setUpOrExit } from './setup.mjs';

await setUpOrExit();
const program = path.join(root, 'environment', 'notebooks', 'grade.py');
process.exit(spawnSync(python, [program, ...process.argv.slice(2)], { stdio: 'inherit' }).status ?? 1);
