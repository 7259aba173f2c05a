// npm run lab: set-up, then JupyterLab on this machine only, at the ladder of notebooks, and TensorBoard beside it. Ctrl-C ends both.
// Another port: npm run lab -- --port 9000
// In a container, whose ports are published for its machine only: npm run lab -- --address 0.0.0.0
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { START_PAGE, startPage } from './lab/start-page.mjs';
import { python, root, setUpOrExit } from './setup.mjs';

const USUAL_PORT = 8888;
const USUAL_TENSORBOARD_PORT = 6006;

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

/** TensorBoard on the trainings of this workspace: its address, and how to end it. */
async function startTensorboard(address) {
  const port = await freePort(USUAL_TENSORBOARD_PORT);
  const secret = `/${randomBytes(24).toString('hex')}`;
  const log = fs.openSync(path.join(root, 'build', 'tensorboard.log'), 'w');
  const program = spawn(python, [path.join('environment', 'lab', 'curves.py'), address, String(port)], {
    cwd: root,
    stdio: ['ignore', log, log],
    env: { ...process.env, TENSORBOARD_PATH: secret },
  });
  fs.closeSync(log);
  let wanted = true;
  program.on('close', () => wanted && console.log('TensorBoard ended; build/tensorboard.log says why.'));
  const stop = () => {
    wanted = false;
    program.kill('SIGTERM');
  };
  return { link: `http://localhost:${port}${secret}/`, stop };
}

/** Its link to TensorBoard is a secret, so nobody else on this machine may read it. */
function writeStartPage(tensorboard) {
  const file = path.join(root, START_PAGE);
  fs.rmSync(file, { force: true });
  fs.writeFileSync(file, startPage(root, tensorboard), { mode: 0o600 });
}

const { values } = parseArgs({
  options: { port: { type: 'string' }, address: { type: 'string', default: '127.0.0.1' } },
});
await setUpOrExit();
const tensorboard = await startTensorboard(values.address);
writeStartPage(tensorboard.link);
const port = await freePort(values.port ? Number(values.port) : USUAL_PORT);
// in the environment, since everybody on this machine can read a program's arguments
const token = process.env.JUPYTER_TOKEN || randomBytes(24).toString('hex');
const server = spawn(
  python,
  [
    '-m',
    'jupyterlab',
    '--no-browser',
    `--ServerApp.ip=${values.address}`,
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
  tensorboard.stop();
  process.exitCode = signal ? 0 : (code ?? 1);
});
// in a terminal Ctrl-C reaches the server by itself; this program waits until it has ended its kernels
process.on('SIGINT', () => {
  tensorboard.stop();
  if (!process.stdin.isTTY) server.kill('SIGINT');
});
process.on('SIGTERM', () => server.kill('SIGTERM'));
process.on('SIGHUP', () => server.kill('SIGTERM'));
if (await untilReady(port, () => ended)) {
  console.log(`\nJupyterLab is ready; Ctrl-C ends it. Open in a browser:`);
  console.log(`http://localhost:${port}/lab/tree/${START_PAGE}?token=${token}\n`);
}
