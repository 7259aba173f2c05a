// npm run tensorboard [-- FOLDER] [--port 9000]: set-up, then TensorBoard of the trainings below a folder (data/runs), on this
// machine only, behind a token in its address. Ctrl-C ends it.
import path from 'node:path';
import { parseArgs } from 'node:util';
import { freePort, newToken, startServer } from './lab/local-server.mjs';
import { tensorboard } from './lab/tensorboard.mjs';
import { root, setUpOrExit } from './setup.mjs';

const USUAL_PORT = '6006';

const { values, positionals } = parseArgs({
  options: { port: { type: 'string', default: USUAL_PORT } },
  allowPositionals: true,
});
await setUpOrExit();
const port = await freePort(Number(values.port));
const [folder = path.join('data', 'runs')] = positionals;
const { command, env, link } = tensorboard(path.resolve(folder), '127.0.0.1', port, newToken());
if (await startServer(command, { cwd: root, env }, link.replace('localhost', '127.0.0.1')))
  console.log(`\nTensorBoard is ready; Ctrl-C ends it. Open in a browser:\n${link}\n`);
