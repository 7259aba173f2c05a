/** The notebook server under check, started as npm run lab starts it, with nothing of the user's own configuration. */
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { root } from '../../setup.mjs';

const START_SECONDS = 90;
const STOP_SECONDS = 20;

/**
 * Starts JupyterLab on a free port.
 *
 * @param scratch  an empty folder for the server's own files
 * @returns        its origin, its token, the path that it says to open, and what it has printed
 */
export async function startServer(scratch) {
  const config = path.join(scratch, 'config');
  fs.mkdirSync(config, { recursive: true });
  // the page's state is read through the application object, which JupyterLab keeps to itself unless told so
  fs.writeFileSync(
    path.join(config, 'jupyter_lab_config.json'),
    JSON.stringify({ LabApp: { expose_app_in_browser: true } }),
  );
  const environment = {
    ...process.env,
    JUPYTER_CONFIG_DIR: config,
    JUPYTER_DATA_DIR: path.join(scratch, 'data'),
    JUPYTER_RUNTIME_DIR: path.join(scratch, 'runtime'),
  };
  const program = spawn(process.execPath, [path.join(root, 'environment', 'lab.mjs'), '--port', '0'], {
    cwd: root,
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise((resolve) => program.once('close', resolve));
  let printed = '';
  const address = await new Promise((resolve, reject) => {
    const stop = () => {
      program.kill('SIGTERM');
      reject(new Error(`npm run lab printed no address within ${START_SECONDS} s, but\n${printed}`));
    };
    const timer = setTimeout(stop, START_SECONDS * 1000);
    for (const stream of [program.stdout, program.stderr])
      stream.on('data', (text) => {
        printed += text;
        const found = /(http:\S+?)(\/lab\S*)\?token=(\S+)\s/.exec(printed);
        if (!found) return;
        clearTimeout(timer);
        resolve({ origin: found[1], start: found[2], token: found[3] });
      });
    ended.then((code) => {
      clearTimeout(timer);
      reject(new Error(`npm run lab ended with ${code}:\n${printed}`));
    });
  });
  return {
    ...address,
    printed: () => printed,
    async stop() {
      program.kill('SIGTERM');
      const timer = setTimeout(() => program.kill('SIGKILL'), STOP_SECONDS * 1000);
      await ended;
      clearTimeout(timer);
    },
  };
}

/** The most memory that a kernel had at any time since its start, in bytes: Linux keeps account of it. */
export function peakMemory(kernelId) {
  for (const pid of fs.readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      if (!fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(`kernel-${kernelId}.json`)) continue;
      return 1024 * Number(/^VmHWM:\s+(\d+) kB$/m.exec(fs.readFileSync(`/proc/${pid}/status`, 'utf8'))[1]);
    } catch (error) {
      // other programs end meanwhile
      if (!['ENOENT', 'ESRCH'].includes(error.code)) throw error;
    }
  }
  throw new Error(`no process belongs to the kernel ${kernelId}`);
}

/** Whether a program listens at a port of one of this machine's addresses. */
export function answers(host, port) {
  return new Promise((resolve) => {
    const socket = net.connect({ host, port, timeout: 3000 });
    const end = (result) => {
      socket.destroy();
      resolve(result);
    };
    socket.once('connect', () => end(true));
    socket.once('timeout', () => end(false));
    socket.once('error', () => end(false));
  });
}
