// What the servers of this workspace share: each answers those alone who know its token.
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import net from 'node:net';
import { setTimeout } from 'node:timers/promises';

/** The wanted port of this machine if it is free, else any other that is. */
export function freePort(wanted) {
  return new Promise((resolve, reject) => {
    const server = net.createServer();
    server.once('error', () => (wanted === 0 ? reject(new Error('no port is free')) : resolve(freePort(0))));
    server.listen(wanted, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

/** Anew at each start; for the environment, since everybody on a machine can read a program's arguments. */
export const newToken = () => randomBytes(24).toString('hex');

/**
 * Starts a server and waits until it answers. Ctrl-C and SIGTERM end it, and this program with its exit code.
 *
 * @param url     that answers once the server is ready
 * @param onEnd   called when it has ended
 * @returns       whether it is ready; false where it ended before
 */
export async function startServer([program, ...args], options, url, onEnd = () => {}) {
  const server = spawn(program, args, { stdio: 'inherit', ...options });
  let ended = false;
  server.on('close', (code, signal) => {
    ended = true;
    onEnd();
    process.exitCode = signal ? 0 : (code ?? 1);
  });
  // in a terminal Ctrl-C reaches the server by itself; this program waits until it has ended
  process.on('SIGINT', () => process.stdin.isTTY || server.kill('SIGINT'));
  process.on('SIGTERM', () => server.kill('SIGTERM'));
  process.on('SIGHUP', () => server.kill('SIGTERM'));
  while (!ended) {
    const answer = await fetch(url).catch(() => undefined);
    if (answer?.ok) return true;
    await setTimeout(200);
  }
  return false;
}
