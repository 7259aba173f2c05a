// npm run reproduce -- --profile P [--model ict-facekit=FOLDER] [--engine NAME] [--storage ADDRESS] [--until RULE] [--dry-run]
//
// Asks Snakemake for the report of a run: a profile (environment/profiles/P.json) on the embedded population of heads or on
// ICT-FaceKit. Everything is kept in data/runs/P/SOURCE; the same command again goes on where it stopped, and does nothing
// when all is there. --engine says where jobs run, by a folder of environment/workflow/profiles: local (this machine) where
// nothing is said, slurm. --storage is an address of Optuna's, such as postgresql://HOST/DATABASE, for the trials of a search,
// which are kept in a file of the run otherwise. --until ends with a rule of the workflow (environment/workflow/Snakefile), such
// as summarize. --dry-run lists the jobs that are left and what they cost, and starts none.
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { jobCounts, planText } from './reproduce/dry-run.mjs';
import { tryLock } from './setup/lock.mjs';
import { chooseBuild } from './setup/tensorflow.mjs';
import { python, root, setUpOrExit } from './setup.mjs';

const USAGE =
  'usage: npm run reproduce -- --profile P [--model ict-facekit=FOLDER] [--engine NAME] [--storage ADDRESS] [--until RULE] [--dry-run]';
const engines = path.join(root, 'environment', 'workflow', 'profiles');

/**
 * Runs the workflow; returns the run's folder, or undefined after an error, which Snakemake has shown.
 *
 * @param options.until     a rule, or several
 * @param options.profiles  the folder of profiles
 * @param options.runs      where runs are kept, from the workspace's root or absolute
 * @param options.settings  more of Snakemake's options
 */
export async function reproduce({
  profile: name,
  model,
  engine = 'local',
  storage = '',
  until = [],
  'dry-run': dry = false,
  profiles = path.join(root, 'environment', 'profiles'),
  runs = path.join('data', 'runs'),
  settings = [],
}) {
  if (!namesIn(engines, '').includes(engine))
    fail(`--engine must be one of ${namesIn(engines, '').join(', ')}, but is ${engine}\n${USAGE}`);
  const library = await loadLibrary();
  const { profile, losses, searched } = readProfile(library, profiles, name);
  const heads = readHeads(model);
  const folderOf = (profileName) => path.join(runs, profileName, heads.source);
  const run = folderOf(name);
  const shared = profile.shares && readProfile(library, profiles, profile.shares.profile).profile;
  const split = readSplit(library, engine);
  const unlocks = [];
  try {
    for (const used of shared ? [shared, profile] : [profile]) {
      const folder = path.resolve(root, folderOf(used.name));
      unlocks.push(lock(folder));
      writeRun(path.join(folder, 'run.json'), { profile: used, heads });
    }
    const sharedRun = folderOf(profile.shares?.profile ?? name);
    const cores = os.availableParallelism();
    const build = chooseBuild(root);
    const chunks = library.chunkCounts(profile, split ?? { cores });
    const configuration = path.resolve(root, run, 'workflow.json');
    const asked = {
      run,
      heads: sharedRun,
      model: profile.shares?.model === false ? run : sharedRun,
      images: profile.shares?.images === false ? run : sharedRun,
      source: heads.source,
      build,
      cores: split ? 1 : cores,
      chunks,
      trials: split ? (profile.search?.trials ?? 0) : 0,
      storage,
      losses,
      searched,
      seeds: profile.training.seeds,
      people: profile.generalization?.cases ?? 0,
    };
    writeIfOther(configuration, `${JSON.stringify(asked, null, 1)}\n`);
    const options = [
      ...['--snakefile', 'environment/workflow/Snakefile', '--profile', path.join(engines, engine)],
      ...(until.length > 0 ? ['--until', ...[until].flat()] : []),
      ...['--configfile', configuration],
      ...(split ? ['--resources', `trial=${split.trialsAtOnce}`] : []),
      ...settings,
    ];
    if (dry) {
      const planned = { profile, heads, chunks, trialsAtOnce: split?.trialsAtOnce, onGpu: build === 'cuda' };
      return showPlan(library, run, options, planned) ? path.resolve(root, run) : undefined;
    }
    const code = await snakemake(options);
    return code === 0 ? path.resolve(root, run) : undefined;
  } finally {
    for (const unlock of unlocks) unlock();
  }
}

function lock(folder) {
  const { unlock, holder } = tryLock(path.join(folder, 'lock'));
  if (holder) fail(`${path.relative(root, folder)} is being worked on by process ${holder}; wait for it or stop it`);
  return unlock;
}

const namesIn = (folder, ending) =>
  fs
    .readdirSync(folder)
    .filter((file) => file.endsWith(ending))
    .map((file) => path.basename(file, ending));

/** What of the library knows of profiles, jobs and their costs. */
async function loadLibrary() {
  // before set-up there is no package to load
  const { register } = await import('tsx/cjs/api');
  register();
  const load = createRequire(import.meta.url);
  return {
    ...load('../lib/experiment/profile.ts'),
    ...load('../lib/experiment/job-split.ts'),
    ...load('../lib/experiment/cost-model.ts'),
    ...load('../lib/experiment/planned-jobs.ts'),
  };
}

/** How an engine's profile splits the work among jobs; undefined where that is by this machine's cores. */
function readSplit(library, engine) {
  const file = path.join(engines, engine, 'split.json');
  try {
    return fs.existsSync(file) ? library.readJobSplit(file) : undefined;
  } catch (error) {
    return fail(error.message);
  }
}

/** The profile, its losses' names in file names, and of which of them the weights are to be searched. */
function readProfile(library, profiles, name) {
  const known = namesIn(profiles, '.json');
  if (!name || !known.includes(name))
    fail(`--profile must be one of ${known.join(', ')}, but is ${name ?? 'missing'}\n${USAGE}`);
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

/** Writes run.json. One of an earlier version has no seal, and stays. */
function writeRun(file, run) {
  const { sealedJson } = createRequire(import.meta.url)('../lib/files/json.ts');
  writeIfOther(file, sealedJson(run), `${JSON.stringify(run, null, 1)}\n`);
}

/** Writes a file where it has another content, or is damaged: all else is newer than it, and would be made again. */
function writeIfOther(file, content, orThis) {
  if (fs.existsSync(file) && [content, orThis].includes(fs.readFileSync(file, 'utf8'))) return;
  fs.writeFileSync(`${file}.partial`, content);
  fs.renameSync(`${file}.partial`, file);
}

/** Prints which jobs are left and what they cost; whether Snakemake could say. */
function showPlan(library, run, options, { profile, heads, chunks, trialsAtOnce, onGpu }) {
  const asked = { cwd: root, encoding: 'utf8', maxBuffer: 1 << 28 };
  const { status, stdout, stderr } = spawnSync(python, ['-m', 'snakemake', ...options, '--dry-run'], asked);
  if (status !== 0) {
    console.error(`${stdout}${stderr}`);
    return false;
  }
  const priced = () => {
    try {
      const costs = library.measuredCosts();
      if (!costs) throw new Error('data/results/cost.json is not there; npm run check -- cost measures them here');
      const model = library.fitCosts(costs.points);
      const [groups, paperGroups] = [undefined, library.paperGpuSeconds].map((gpuSeconds) =>
        library.plannedJobs(profile, model, { chunks, trialsAtOnce }, { heads: heads.source, gpuSeconds }),
      );
      return { groups, paperGroups, costs };
    } catch (error) {
      // a broken file, or a network that nobody measured
      return { why: error.message };
    }
  };
  const title = `${profile.name}, in ${run}`;
  console.log(`\n${planText(library, { title, left: jobCounts(stdout + stderr), ...priced(), onGpu })}`);
  return true;
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
  const named = ['profile', 'model', 'engine', 'storage', 'until'].map((option) => [option, { type: 'string' }]);
  const { values } = parseArgs({ options: { ...Object.fromEntries(named), 'dry-run': { type: 'boolean' } } });
  await setUpOrExit({ cluster: (values.engine ?? 'local') !== 'local' || values.storage !== undefined });
  const run = await reproduce(values);
  if (!run) process.exit(1);
  if (values['dry-run']) process.exit(0);
  console.log(values.until ? `\nThe run: ${run}` : `\nThe report: ${path.join(run, 'report.html')}`);
}
