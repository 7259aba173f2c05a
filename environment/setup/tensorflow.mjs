// TensorFlow's C library from its Python wheel, and the addon of tfjs-node-gpu compiled against it.
//
// The package's own installer downloads a C library of 2021; the wheel holds the current one, with the same C interface
// and no need for the wheel's Python dependencies.
import fs from 'node:fs';
import path from 'node:path';
import { answers } from './requirements.mjs';
import { fingerprint, isMadeFrom, stampAsMadeFrom } from './stamp.mjs';
import { run } from './terminal.mjs';

const libraryFolder = (root) => path.join(root, 'environment', 'tensorflow');
const buildFile = (folder) => path.join(folder, 'build.txt');

/** The build that was asked for; else the one that is there; else 'cuda' where a GPU answers. */
export function chooseBuild(root, { cpu = false, gpu = false } = {}) {
  if (cpu) return 'cpu';
  if (gpu) return 'cuda';
  const present = buildFile(libraryFolder(root));
  if (fs.existsSync(present)) return fs.readFileSync(present, 'utf8');
  return answers('nvidia-smi', ['-L']) ? 'cuda' : 'cpu';
}

export function libraryStep(root, build, python) {
  const folder = libraryFolder(root);
  const lock = path.join(root, 'environment', 'python', `tensorflow-${build}.txt`);
  const unpack = path.join(root, 'environment', 'setup', 'unpack_wheels.py');
  const stamp = fingerprint('library', fs.readFileSync(lock, 'utf8'), fs.readFileSync(unpack, 'utf8'));
  return {
    isDone: () => isMadeFrom(folder, stamp),
    async make(note, log) {
      const beside = `${folder}.partial`;
      fs.rmSync(beside, { recursive: true, force: true });
      fs.mkdirSync(beside, { recursive: true });
      const wheels = path.join(beside, 'wheels');
      await run(
        python,
        [
          '-m',
          'pip',
          'download',
          '--no-deps',
          '--only-binary=:all:',
          '--require-hashes',
          '--resume-retries=10',
          '--progress-bar=raw',
          '--dest',
          wheels,
          '--requirement',
          lock,
        ],
        { log, onLine: (line) => showBytes(line, note) },
      );
      note('unpacking');
      await run(python, [unpack, wheels, beside], { log });
      fs.rmSync(wheels, { recursive: true });
      fs.writeFileSync(buildFile(beside), build);
      stampAsMadeFrom(beside, stamp);
      fs.rmSync(folder, { recursive: true, force: true });
      fs.renameSync(beside, folder);
    },
  };
}

function showBytes(line, note) {
  const [, got, all] = /^Progress (\d+) of (\d+)/.exec(line) ?? [];
  if (got) note(`${(got / 1e6).toFixed(0)} of ${(all / 1e6).toFixed(0)} MB`);
}

export function addonStep(root, build) {
  const library = path.join(libraryFolder(root), 'tensorflow');
  const modules = path.join(root, 'node_modules');
  const tfjs = path.join(modules, '@tensorflow', 'tfjs-node-gpu');
  const folder = path.join(tfjs, 'lib', 'napi-v8');
  const stamp = () =>
    fingerprint(
      'addon',
      build,
      fs.readFileSync(path.join(tfjs, 'package.json'), 'utf8'),
      fs.readFileSync(path.join(library, '..', '.made-from'), 'utf8'),
    );
  return {
    isDone: () =>
      fs.existsSync(path.join(tfjs, 'package.json')) &&
      fs.existsSync(path.join(library, '..', '.made-from')) &&
      isMadeFrom(folder, stamp()),
    async make(_note, log) {
      fs.mkdirSync(folder, { recursive: true });
      const addon = path.join(folder, 'tfjs_binding.node');
      const binding = path.join(tfjs, 'binding');
      const sources = fs
        .readdirSync(binding)
        .filter((name) => name.endsWith('.cc'))
        .map((name) => path.join(binding, name));
      // the addon finds the library relative to itself, so that the workspace's folder can be moved
      const runtimePath = `$ORIGIN/${path.relative(folder, library)}`;
      await run(
        'g++',
        [
          ...['-O2', '-std=c++17', '-shared', '-fPIC', '-DNAPI_VERSION=8'],
          ...['-I', path.join(modules, 'node-api-headers', 'include'), '-I', tfjs, '-I', path.join(library, 'include')],
          ...['-o', `${addon}.partial`, ...sources],
          ...['-L', library, '-l:libtensorflow_cc.so.2', '-l:libtensorflow_framework.so.2'],
          ...['-Xlinker', '-rpath', '-Xlinker', runtimePath],
        ],
        { log },
      );
      fs.renameSync(`${addon}.partial`, addon);
      stampAsMadeFrom(folder, stamp());
    },
  };
}
