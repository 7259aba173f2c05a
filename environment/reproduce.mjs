// npm run reproduce -- --profile P [--model ict-facekit=FOLDER] [--until RULE]
//
// Asks Snakemake for the report of a run: a profile (environment/profiles/P.json) on the embedded population of heads or on
// ICT-FaceKit. Everything is kept in data/runs/P/SOURCE; the same command again goes on where it stopped, and does nothing
// when all is there. --until ends with a rule of the workflow (environment/workflow/Snakefile), such as summarize.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { tryLock } from './setup/lock.mjs';
import { chooseBuild } from './setup/tensorflow.mjs';
import { python, root, setUpOrExit } from './setup.mjs';

const USAGE = 'usage: npm run reproduce -- --profile P [--model ict-facekit=FOLDER] [--until RULE]';
const profiles = path.join(root, 'environment', 'profiles');

/** Runs the workflow; returns the run's folder, or undefined after an error, which Snakemake has shown. */
export async function reproduce({ profile: name, model, until }) {
  const { profile, losses, searched } = await readProfile(name);
  const heads = readHeads(model);
  const folderOf = (profileName) => path.join('data', 'runs', profileName, heads.source);
  const run = folderOf(name);
  const shared = profile.shares && (await readProfile(profile.shares.profile)).profile;
  const unlocks = [];
  try {
    for (const used of shared ? [shared, profile] : [profile]) {
      const folder = path.join(root, folderOf(used.name));
      unlocks.push(lock(folder));
      writeRun(path.join(folder, 'run.json'), { profile: used, heads });
    }
    const sharedRun = folderOf(profile.shares?.profile ?? name);
    const code = await snakemake([
      ...['--snakefile', 'environment/workflow/Snakefile', '--cores', 'all'],
      // a job that was killed is done again; only files decide what is to be done
      ...['--rerun-incomplete', '--rerun-triggers', 'mtime', 'input'],
      // Snakemake's own lock outlives a kill; ours does not
      '--nolock',
      ...['--quiet', 'host', 'rules', 'reason'],
      ...(until ? ['--until', until] : []),
      ...['--config', `run=${run}`, `source=${heads.source}`, `build=${chooseBuild(root)}`],
      ...[`heads=${sharedRun}`, `model=${profile.shares?.model === false ? run : sharedRun}`],
      `images=${profile.shares?.images === false ? run : sharedRun}`,
      ...[`losses=${JSON.stringify(losses)}`, `seeds=${JSON.stringify(profile.training.seeds)}`],
      ...[`searched=${JSON.stringify(searched)}`, `people=${profile.generalization?.cases ?? 0}`],
    ]);
    return code === 0 ? path.join(root, run) : undefined;
  } finally {
    for (const unlock of unlocks) unlock();
  }
}

function lock(folder) {
  const { unlock, holder } = tryLock(path.join(folder, 'lock'));
  if (holder) fail(`${path.relative(root, folder)} is being worked on by process ${holder}; wait for it or stop it`);
  return unlock;
}

/** The profile, its losses' names in file names, and of which of them the weights are to be searched. */
async function readProfile(name) {
  const known = fs
    .readdirSync(profiles)
    .filter((file) => file.endsWith('.json'))
    .map((file) => path.basename(file, '.json'));
  if (!name || !known.includes(name))
    fail(`--profile must be one of ${known.join(', ')}, but is ${name ?? 'missing'}\n${USAGE}`);
  // before set-up there is no package to load
  const { register } = await import('tsx/cjs/api');
  register();
  const library = createRequire(import.meta.url)('../lib/experiment/profile.ts');
  try {
    const profile = library.readProfile(path.join(profiles, `${name}.json`));
    const losses = profile.losses.map(library.lossId);
    const searched = profile.search ? losses.filter((loss) => library.SEARCHED_LOSSES.includes(loss)) : [];
    return { profile, losses, searched };
  } catch (error) {
    return fail(error.message);
  }
}

function readHeads(model) {
  if (model === undefined) return { source: 'population' };
  const [, folder] = /^ict-facekit=(.+)$/.exec(model) ?? [];
  if (!folder) fail(`--model must be ict-facekit=FOLDER, but is ${model}\n${USAGE}`);
  const mesh = path.join(folder, 'FaceXModel', 'generic_neutral_mesh.obj');
  if (!fs.existsSync(mesh)) fail(`${mesh} is not there: FOLDER must be ICT-FaceKit's, which holds FaceXModel`);
  return { source: 'ict-facekit', folder: path.resolve(folder) };
}

/** Writes run.json where it is another, or damaged: all else is newer than it, and would be made again. */
function writeRun(file, run) {
  const { sealedJson } = createRequire(import.meta.url)('../lib/files/json.ts');
  const content = sealedJson(run);
  // one of an earlier version has no seal
  const same = [content, `${JSON.stringify(run, null, 1)}\n`];
  if (fs.existsSync(file) && same.includes(fs.readFileSync(file, 'utf8'))) return;
  fs.writeFileSync(`${file}.partial`, content);
  fs.renameSync(`${file}.partial`, file);
}

function snakemake(args) {
  const child = spawn(python, ['-m', 'snakemake', ...args], { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] });
  // Ctrl-C reaches Snakemake too; it stops its jobs, and this program waits for it
  const wait = () => {};
  process.on('SIGINT', wait);
  return new Promise((resolve) => child.on('close', (code) => resolve(code ?? 1))).finally(() =>
    process.off('SIGINT', wait),
  );
}

function fail(message) {
  console.error(message);
  process.exit(1);
}

if (path.resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({
    options: { profile: { type: 'string' }, model: { type: 'string' }, until: { type: 'string' } },
  });
  await setUpOrExit();
  const run = await reproduce(values);
  if (!run) process.exit(1);
  console.log(values.until ? `\nThe run: ${run}` : `\nThe report: ${path.join(run, 'report.html')}`);
}
