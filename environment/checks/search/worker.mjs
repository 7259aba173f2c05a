// A worker of a search, in a process of its own, that can be killed.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { root } from '../../setup.mjs';
import { statOf } from '../processes/kill-session.mjs';

const worker = path.join(root, 'lib', 'training', 'search-worker.fixture.ts');

/**
 * Starts a worker in a session of its own.
 *
 * @param options  milliseconds of a trial, trials, staleSeconds
 * @param fail     is called with a message when it ends with an error
 * @returns  `begun` and `ended`, promises; `kill('all' | 'alone' | 'optuna')`, with all that it started, alone, or its Optuna
 */
export function startWorker(storage, options, fail) {
  const child = spawn(process.execPath, ['--import', 'tsx', worker, storage, JSON.stringify(options)], {
    cwd: root,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [output, complaints, killed] = ['', '', false];
  let hasBegun = () => {};
  const begun = new Promise((resolve) => {
    hasBegun = resolve;
  });
  child.stdout.setEncoding('utf8').on('data', (text) => {
    output += text;
    hasBegun();
  });
  child.stderr.setEncoding('utf8').on('data', (text) => {
    complaints += text;
  });
  const ended = new Promise((resolve) => {
    child.on('close', (code) => {
      hasBegun();
      if (!killed && code !== 0) fail(`a worker ended with ${code}:\n${complaints}`);
      resolve(killed ? undefined : JSON.parse(output.trim().split('\n').at(-1)));
    });
  });
  return {
    begun,
    ended,
    isOver: () => child.exitCode !== null,
    async kill(how) {
      if (child.exitCode !== null) return;
      killed = true;
      const optuna = optunaOf(child.pid);
      try {
        process.kill(how === 'all' ? -child.pid : how === 'alone' ? child.pid : optuna, 'SIGKILL');
      } catch {
        // it ended meanwhile
      }
      await ended;
      // one whose worker was killed alone gives its trial up; who is started before that takes another first
      while (isThere(optuna)) await new Promise((resolve) => setTimeout(resolve, 10));
    },
  };
}

/** The process that holds a worker's Optuna; the worker itself where it has ended. */
function optunaOf(worker) {
  const others = fs.readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return Number(
    others.find((pid) => {
      try {
        const command = fs.readFileSync(`/proc/${pid}/cmdline`, 'latin1');
        return command.includes('optuna_child.py') && statOf(pid)[1] === String(worker);
      } catch {
        return false;
      }
    }) ?? worker,
  );
}

function isThere(pid) {
  try {
    return !'ZX'.includes(statOf(pid)[0]);
  } catch {
    return false;
  }
}
