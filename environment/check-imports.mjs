// The house's direction of imports: a module imports only from modules above it, and only through their public face.
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** From top to bottom; each may import from those before it. */
export const MODULES = [
  'random',
  'files',
  'tensorflow',
  'geometry',
  'mesh',
  'figures',
  'morphable-model',
  'population',
  'dataset',
  'losses',
  'evaluation',
  'training',
  'experiment',
  'commands',
];
/** Parts of a module that are a public face of their own. */
const FACES = new Set([...MODULES, 'geometry/batched']);
const TENSORFLOW = /^@tensorflow\//;

/**
 * What is wrong in one file, a sentence each.
 *
 * @param file  relative to lib, with forward slashes
 * @param text  its source
 */
export function importErrors(file, text) {
  const module = file.split('/')[0];
  const errors = [];
  if (!MODULES.includes(module)) return [`lib/${file}: ${module} is not a module of the house`];
  for (const [, type, target] of text.matchAll(/^(?:import|export)\s+(type\b)?[^;]*?\bfrom\s+['"]([^'"]+)['"]/gm))
    errors.push(...targetErrors(file, module, target, type !== undefined));
  // those for an effect alone, and those in the middle of the code
  for (const [, target] of text.matchAll(/(?:^import\s+|\b(?:require|import)\(\s*)['"]([^'"]+)['"]/gm))
    errors.push(...targetErrors(file, module, target, false));
  return errors;
}

const isOfTests = (name) => /\.(test|fixture|mutants|bench)(\.ts)?$/.test(name);

function targetErrors(file, module, target, typeOnly) {
  // what tests share is no part of the house
  if (isOfTests(file) && target.endsWith('.fixture')) return [];
  if (target.startsWith('.')) {
    const inside = path.posix.normalize(path.posix.join(path.posix.dirname(file), target));
    return inside.split('/')[0] === module
      ? []
      : [`lib/${file} reaches into another module by '${target}': import from 'lib/...'`];
  }
  if (target.startsWith('lib/')) {
    const face = target.slice(4);
    const other = face.split('/')[0];
    if (!FACES.has(face)) return [`lib/${file} imports '${target}', which is no module's public face`];
    if (other !== module && MODULES.indexOf(other) > MODULES.indexOf(module))
      return [`lib/${file} imports 'lib/${face}', which lies below it in the house`];
    return [];
  }
  if (TENSORFLOW.test(target) && !typeOnly && module !== 'tensorflow')
    return [`lib/${file} loads '${target}': only lib/tensorflow does`];
  return [];
}

function* sources(folder, inside = '') {
  for (const entry of fs.readdirSync(path.join(folder, inside), { withFileTypes: true })) {
    const name = path.posix.join(inside, entry.name);
    if (entry.isDirectory() && entry.name !== 'node_modules') yield* sources(folder, name);
    else if (/\.(ts|mts|tsx)$/.test(entry.name)) yield name;
  }
}

/** All errors of a lib folder. */
export function checkImports(lib) {
  const errors = [];
  for (const file of sources(lib)) errors.push(...importErrors(file, fs.readFileSync(path.join(lib, file), 'utf8')));
  return errors;
}

if (process.argv[1] && path.resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const errors = checkImports(path.join(path.dirname(fileURLToPath(import.meta.url)), '..', 'lib'));
  for (const error of errors) console.error(error);
  process.exit(errors.length > 0 ? 1 : 0);
}
