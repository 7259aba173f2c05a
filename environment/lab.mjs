// npm run lab: set-up, then JupyterLab on this machine only, at the ladder of notebooks, and TensorBoard beside it. Ctrl-C ends both.
// Another port: npm run lab -- --port 9000
// In a container, whose ports are published for its machine only: npm run lab -- --address 0.0.0.0
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { freePort, newToken, startServer } from './lab/local-server.mjs';
import { START_PAGE, startPage } from './lab/start-page.mjs';
import { tensorboard } from './lab/tensorboard.mjs';
import { python, root, setUpOrExit } from './setup.mjs';

const USUAL_PORT = '8888';
const USUAL_TENSORBOARD_PORT = 6006;

/** TensorBoard on the trainings of this workspace: its link, and how to end it. */
async function startTensorboard(address) {
  const port = await freePort(USUAL_TENSORBOARD_PORT);
  const { command, env, link } = tensorboard(path.join(root, 'data', 'runs'), address, port, newToken());
  const log = fs.openSync(path.join(root, 'build', 'tensorboard.log'), 'w');
  const program = spawn(command[0], command.slice(1), { cwd: root, stdio: ['ignore', log, log], env });
  fs.closeSync(log);
  let wanted = true;
  program.on('close', () => wanted && console.log('TensorBoard ended; build/tensorboard.log says why.'));
  const stop = () => {
    wanted = false;
    program.kill('SIGTERM');
  };
  return { link, stop };
}

/** Its link to TensorBoard is a secret, so nobody else on this machine may read it. */
function writeStartPage(link) {
  const file = path.join(root, START_PAGE);
  fs.rmSync(file, { force: true });
  fs.writeFileSync(file, startPage(root, link), { mode: 0o600 });
}

const { values } = parseArgs({
  options: { port: { type: 'string', default: USUAL_PORT }, address: { type: 'string', default: '127.0.0.1' } },
});
await setUpOrExit();
fs.mkdirSync(path.join(root, 'build'), { recursive: true });
const board = await startTensorboard(values.address);
writeStartPage(board.link);
const port = await freePort(Number(values.port));
const token = process.env.JUPYTER_TOKEN || newToken();
const command = [
  python,
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
];
const env = { ...process.env, JUPYTER_TOKEN: token };
// in a terminal Ctrl-C reaches TensorBoard too, which then ends before JupyterLab has
process.on('SIGINT', board.stop);
if (await startServer(command, { cwd: root, env }, `http://127.0.0.1:${port}/api`, board.stop)) {
  console.log(`\nJupyterLab is ready; Ctrl-C ends it. Open in a browser:`);
  console.log(`http://localhost:${port}/lab/tree/${START_PAGE}?token=${token}\n`);
}
