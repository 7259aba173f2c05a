// How TensorBoard is started, by itself (environment/tensorboard.mjs) and beside the lab.
import path from 'node:path';
import { python, root } from '../setup.mjs';

/** The command that serves the trainings below a folder, the environment that it needs, and the link that its user opens. */
export const tensorboard = (folder, address, port, token) => ({
  command: [python, path.join(root, 'environment', 'lab', 'serve_tensorboard.py'), folder, address, String(port)],
  env: { ...process.env, TENSORBOARD_TOKEN: token },
  link: `http://localhost:${port}/${token}/`,
});
