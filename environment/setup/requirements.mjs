// Which programs must be there before set-up starts, and what to install when one is not.
import { execFileSync } from 'node:child_process';
import os from 'node:os';
import { SetupError } from './terminal.mjs';

const NODE = { least: 20, most: 26 };
const PYTHON = { least: 11, most: 13 };

/** Checks platform, Node, the C++ compiler and Python; returns the Python to use. Lists everything that is missing at once. */
export function checkRequirements() {
  const missing = [];
  if (!['linux', 'darwin'].includes(os.platform()))
    missing.push(`Linux is needed (on Windows: WSL2), but this is ${os.platform()}`);
  const node = Number(process.versions.node.split('.')[0]);
  if (node < NODE.least || node > NODE.most)
    missing.push(
      `Node ${NODE.least} to ${NODE.most} is needed, but this is ${process.versions.node}: install it from your package manager or nodejs.org`,
    );
  if (answers('g++', ['--version']) === undefined)
    missing.push('a C++ compiler is needed, but g++ does not answer: apt install g++');
  const python = findPython();
  if (!python)
    missing.push(
      `Python 3.${PYTHON.least} to 3.${PYTHON.most} is needed, but neither python3 nor python3.${PYTHON.most}, ... python3.${PYTHON.least} is one: apt install python3 python3-venv`,
    );
  else if (answers(python.program, ['-c', 'import venv, ensurepip']) === undefined)
    missing.push(`Python's venv module is needed, but ${python.program} lacks it: apt install python3-venv`);
  if (missing.length > 0)
    throw new SetupError(`something is missing on this machine:\n${missing.map((line) => `  - ${line}`).join('\n')}`);
  return python;
}

function findPython() {
  const newestFirst = Array.from({ length: PYTHON.most - PYTHON.least + 1 }, (_, i) => `python3.${PYTHON.most - i}`);
  for (const program of ['python3', ...newestFirst]) {
    const version = answers(program, ['-c', 'import sys; print(*sys.version_info[:3], sep=".")']);
    const [major, minor] = (version ?? '').split('.').map(Number);
    if (major === 3 && minor >= PYTHON.least && minor <= PYTHON.most) return { program, version };
  }
  return undefined;
}

/** The program's trimmed output, or undefined when it is not there or fails. */
export function answers(program, args) {
  try {
    return execFileSync(program, args, {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      timeout: 20_000,
    }).trim();
  } catch {
    return undefined;
  }
}
