// npm run lab: set-up, then JupyterLab on this machine only, at the first notebook. Ctrl-C ends it.
// Another port: npm run lab -- --port 9000
import { parseArgs } from 'node:util';
import { freePort, newToken, startServer } from './lab/local-server.mjs';
import { python, root, setUpOrExit } from './setup.mjs';

const FIRST = 'notebooks/00-start-here.ipynb';
const USUAL_PORT = '8888';

const { values } = parseArgs({ options: { port: { type: 'string', default: USUAL_PORT } } });
await setUpOrExit();
const port = await freePort(Number(values.port));
const token = process.env.JUPYTER_TOKEN || newToken();
const command = [
  python,
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
];
const environment = { ...process.env, JUPYTER_TOKEN: token };
if (await startServer(command, { cwd: root, env: environment }, `http://127.0.0.1:${port}/api`)) {
  console.log(`\nJupyterLab is ready; Ctrl-C ends it. Open in a browser:`);
  console.log(`http://localhost:${port}/lab/tree/${FIRST}?token=${token}\n`);
}
