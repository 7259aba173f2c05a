/** The small run through the whole workflow, in a workspace beside this one that shares its library and tools. */
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { root } from '../../setup.mjs';
import { killSession } from '../processes/kill-session.mjs';
import { PROFILE } from './steps.mjs';

/** Copied, since a program finds its workspace by its own place; the rest is linked. */
const COPIED = ['reproduce.mjs', 'setup.mjs', 'setup', 'kernel', 'workflow'];
const LINKED = ['lib', 'node_modules', '.venv', 'notebooks', 'package.json', 'tsconfig.json'];
const LINKED_INSIDE = ['python', 'tensorflow', 'search', 'notebooks'];
const RUN = path.join('data', 'runs', PROFILE.name, 'population');

/** @returns the run's folder, and what runs the workflow up to the table; `started.kill` kills all of it at once */
export function makeWorkspace(folder) {
  const environment = path.join(folder, 'environment');
  fs.mkdirSync(path.join(environment, 'profiles'), { recursive: true });
  for (const name of COPIED)
    fs.cpSync(path.join(root, 'environment', name), path.join(environment, name), { recursive: true });
  for (const name of LINKED_INSIDE) fs.symlinkSync(path.join(root, 'environment', name), path.join(environment, name));
  for (const name of LINKED) fs.symlinkSync(path.join(root, name), path.join(folder, name));
  fs.writeFileSync(path.join(environment, 'profiles', `${PROFILE.name}.json`), JSON.stringify(PROFILE));
  // without set-up, which would take the linked tools for those of another place
  const program = path.join(environment, 'run.mjs');
  fs.writeFileSync(
    program,
    `import { reproduce } from './reproduce.mjs';
const run = await reproduce({ profile: '${PROFILE.name}', until: 'summarize' });
process.exit(run ? 0 : 1);
`,
  );
  return {
    run: path.join(folder, RUN),
    start() {
      const child = spawn(process.execPath, [program], {
        cwd: folder,
        detached: true,
        stdio: ['ignore', 'pipe', 'pipe'],
        env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: '3' },
      });
      let text = '';
      for (const stream of [child.stdout, child.stderr])
        stream.setEncoding('utf8').on('data', (part) => {
          text += part;
        });
      const ended = new Promise((resolve) => {
        // its messages name files by their place in the workspace
        child.on('close', (code) => resolve({ code, text: text.replaceAll(RUN, path.join(folder, RUN)) }));
      });
      return { ended, kill: () => killSession(child.pid) };
    },
  };
}
