// npm run lab: set-up, then JupyterLab on this machine only, at the first notebook. Ctrl-C ends it.
// Another port: npm run lab -- --port 9000
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import net from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { python, root, setUpOrExit } from './setup.mjs';

const FIRST = 'notebooks/00-start-here.ipynb';
const USUAL_PORT = 8888;

/** The wanted port of this machine if it is free, else any other that is. */
function freePort(wanted) {
  return new Promise((resolve, reject) => {
    const server = net.createServer();
    server.once('error', () => (wanted === 0 ? reject(new Error('no port is free')) : resolve(freePort(0))));
    server.listen(wanted, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

async function untilReady(port, hasEnded) {
  while (!hasEnded()) {
    const answer = await fetch(`http://127.0.0.1:${port}/api`).catch(() => undefined);
    if (answer?.ok) return true;
    await setTimeout(200);
  }
  return false;
}

const { values } = parseArgs({ options: { port: { type: 'string' } } });
await setUpOrExit();
const port = await freePort(values.port ? Number(values.port) : USUAL_PORT);
// in the environment, since everybody on this machine can read a program's arguments
const token = process.env.JUPYTER_TOKEN || randomBytes(24).toString('hex');
const server = spawn(
  python,
  [
    '-m',
    'jupyterlab',
    '--no-browser',
    '--ServerApp.ip=127.0.0.1',
    `--ServerApp.port=${port}`,
    '--ServerApp.port_retries=0',
    '--Application.log_level=WARN',
    // Ctrl-C ends it without a question, as it ends other programs
    '--ServerApp.answer_yes=True',
    // containers often have no other user
    ...(process.getuid?.() === 0 ? ['--ServerApp.allow_root=True'] : []),
  ],
  { cwd: root, stdio: 'inherit', env: { ...process.env, JUPYTER_TOKEN: token } },
);
let ended = false;
server.on('close', (code, signal) => {
  ended = true;
  process.exitCode = signal ? 0 : (code ?? 1);
});
// in a terminal Ctrl-C reaches the server by itself; this program waits until it has ended its kernels
process.on('SIGINT', () => process.stdin.isTTY || server.kill('SIGINT'));
process.on('SIGTERM', () => server.kill('SIGTERM'));
process.on('SIGHUP', () => server.kill('SIGTERM'));
if (await untilReady(port, () => ended)) {
  console.log(`\nJupyterLab is ready; Ctrl-C ends it. Open in a browser:`);
  console.log(`http://localhost:${port}/lab/tree/${FIRST}?token=${token}\n`);
}
