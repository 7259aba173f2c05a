import { Command, Option } from 'commander';
import { BENCHMARK_LAYOUTS, mean } from 'lib/evaluation';
import { MEAN_HEAD, readRun, type ScanEvaluation, SEARCHED_LOSSES, SPLITS, type Split } from 'lib/experiment';
import { createRandom } from 'lib/random';
import { buildModel, buildModelOfFolder } from './build-model';
import { compareRegistration } from './compare-registration';
import { evaluate, evaluateFloors } from './evaluate';
import { evaluateScans } from './evaluate-scans';
import { keepSmallRun } from './keep';
import { convertModel } from './model-convert';
import { modelInfo } from './model-info';
import { predictPictures } from './predict';
import { registerScans } from './register';
import { render } from './render';
import { writeReport } from './report';
import { scanHeads, scanSplit } from './scan';
import { makeStandIn } from './stand-in';
import { summarize } from './summarize';
import { trainLoss } from './train';
import { tuneLoss } from './tune';

const program = new Command('reconstruct').description(
  'The steps from heads to the table. Each reads and writes the folder of a run, which `npm run reproduce` makes; scans, registration and models also work on folders of your own.',
);

const step = (name: string, description: string) =>
  program
    .command(name)
    .description(description)
    .requiredOption('--run <folder>', "the run's folder, with its run.json");

const CHUNK = 'do only every n-th scan, from the k-th on, so that n programs share the work';

program
  .command('scan')
  .description('scan heads of the embedded population: of one split of a run, or any number into folders')
  .option('--run <folder>', "the run's folder, with --split")
  .option('--split <split>', SPLITS.join(', '))
  .option('--scans <folder>', 'where scans and landmarks go, with --truth and --count')
  .option('--truth <folder>', 'where goes what is true of the scans, which registration never reads')
  .option('--count <heads>', 'how many heads', wholeNumber('--count'))
  .option('--seed <number>', 'of everything random', wholeNumber('--seed'), 1)
  .option('--chunk <k/n>', CHUNK)
  .action(({ run, split, scans, truth, count, seed, chunk }) => {
    if (run !== undefined) return scanSplit(run, asSplit(split), chunk);
    if (scans === undefined || truth === undefined || count === undefined)
      throw new Error('scan needs --run and --split, or --scans, --truth and --count');
    return scanHeads({ scans, truth, count, random: createRandom(seed).fork, chunk });
  });
program
  .command('register')
  .description("register the template to scans: of one split of a run, or of a folder of one's own")
  .option('--run <folder>', "the run's folder, with --split")
  .option('--split <split>', SPLITS.join(', '))
  .option('--scans <folder>', 'with NAME.ply or NAME.obj and NAME.landmarks.json for each scan')
  .option('--registered <folder>', 'where NAME.ply, the template brought onto the scan, and NAME.json go')
  .option('--chunk <k/n>', CHUNK)
  .action(async ({ run, split, scans, registered, chunk }) => {
    const { files, profile } = run === undefined ? {} : readRun(run);
    if (!files && (scans === undefined || registered === undefined))
      throw new Error('register needs --run and --split, or --scans and --registered');
    const results = await registerScans({
      scans: scans ?? files?.scans(asSplit(split)),
      registered: registered ?? files?.registered(asSplit(split)),
      // of a run's own
      ...(scans === undefined && { count: profile?.subjects[asSplit(split)] }),
      chunk,
    });
    const failed = results.filter(({ failure }) => failure);
    console.log(`${results.length - failed.length} of ${results.length} scans registered`);
    for (const { scan, failure } of failed) console.log(`not registered: ${scan}: ${failure}`);
    if (results.length > 0 && failed.length === results.length) process.exitCode = 1;
  });
program
  .command('build-model')
  .description('build a morphable model: of the training heads of a run, or of a folder of registered heads')
  .option('--run <folder>', "the run's folder, with its run.json")
  .option('--registered <folder>', 'with what register made')
  .option('--model <file>', 'the .h5 file to write')
  .option('--components <number>', '100 or one less than the heads by default', wholeNumber('--components'))
  .addOption(
    new Option('--align <how>', 'rigid keeps sizes, similarity takes them out')
      .choices(['rigid', 'similarity'])
      .default('rigid'),
  )
  .action(async ({ run, registered, model, components, align }) => {
    if (run !== undefined) return buildModel(run);
    if (registered === undefined || model === undefined)
      throw new Error('build-model needs --run, or --registered and --model');
    console.log(await buildModelOfFolder({ registered, file: model, components, align }));
  });
step('compare-registration', "compare a run's registered heads with the true ones").action(({ run }) =>
  compareRegistration(run),
);
step('render', 'render the images of one split, with their true shapes and poses, in shards and an index of them')
  .requiredOption('--split <split>', SPLITS.join(', '))
  .option(
    '--chunk <k/n>',
    'do only every n-th shard, from the k-th on; the index is written without a chunk, at the end',
  )
  .action(({ run, split, chunk }) => render(run, asSplit(split), chunk));
step('train', 'train the network with one loss, from its last checkpoint where there is one')
  .requiredOption('--loss <loss>', "one of the profile's losses, such as srl or mrl-2")
  .requiredOption('--seed <number>', "one of the profile's seeds", wholeNumber('--seed'))
  .action(({ run, loss, seed }) => trainLoss(run, loss, seed));
step('tune', "search a multiterm loss's weights and learning rate by short trainings, judged on validation")
  .requiredOption('--loss <loss>', SEARCHED_LOSSES.join(' or '))
  .option(
    '--worker [trials]',
    'make trials, so many or while one is left, beside another tune of the same loss; write nothing',
    wholeNumber('--worker'),
  )
  .option('--storage <address>', "where trials are kept: a journal's file (of the run by default) or an Optuna storage")
  .action(({ run, loss, worker, storage }) =>
    tuneLoss(run, loss, { worker: worker === true ? Number.POSITIVE_INFINITY : worker, storage }),
  );
step(
  'evaluate',
  'measure a trained network on the test split; without a loss, what needs no learning; with scans, all networks on those',
)
  .option('--loss <loss>', "one of the profile's losses, with --seed")
  .option('--seed <number>', "one of the profile's seeds", wholeNumber('--seed'))
  .option('--scans <folder>', 'people with pictures and scans, in the layout of MICC Florence or FaceWarehouse')
  .addOption(new Option('--layout <layout>', 'of the scans; recognized when left out').choices(BENCHMARK_LAYOUTS))
  .option('--annotations <folder>', "with the authors' folder data; SCANS/annotations by default")
  .option(
    '--boxes <file>',
    'where heads are in the pictures, as for predict, by subject_1 or Tester_1; SCANS/boxes.json',
  )
  .action(async ({ run, loss, seed, scans, ...options }) => {
    if (scans !== undefined) {
      if (loss !== undefined || seed !== undefined)
        throw new Error('evaluate --scans measures all losses with the first seed: leave out --loss and --seed');
      return sayScanEvaluation(await evaluateScans(run, scans, options));
    }
    const extra = Object.keys(options)[0];
    if (extra) throw new Error(`--${extra} goes with --scans`);
    if ((loss === undefined) !== (seed === undefined)) throw new Error('evaluate needs --loss and --seed, or neither');
    return loss === undefined ? evaluateFloors(run) : evaluate(run, loss, seed);
  });
program
  .command('stand-in')
  .description("make people that no training saw, with pictures and scans, in a public data set's layout")
  .addOption(new Option('--layout <layout>', 'whose layout').choices(BENCHMARK_LAYOUTS).makeOptionMandatory())
  .requiredOption('--out <folder>', 'where they go')
  .requiredOption('--count <people>', 'how many', wholeNumber('--count'))
  .option('--seed <number>', 'of everything random', wholeNumber('--seed'), 1)
  .option('--model <source>', 'ict-facekit=FOLDER for heads of ICT-FaceKit; a second population by default')
  .action((options) => makeStandIn(options));
step('summarize', 'make the table and check what the paper found').action(({ run }) => summarize(run));
step('report', 'write the page with all figures').action(({ run }) => writeReport(run));
step('keep', 'copy the model, some networks and the heads of Figure 3 into a folder small enough for git')
  .requiredOption('--to <folder>', 'where they go')
  .option('--networks <loss...>', "of the profile's losses, whose networks of the first seed are copied", [])
  .option('--heads <loss...>', 'of the losses, what their networks make of the head seen most from the side', [])
  .action(async ({ run, ...options }) => {
    for (const [name, { shapeMillimetres, reprojectionPixels }] of Object.entries(await keepSmallRun(run, options)))
      console.log(
        `${name}: rounding changes the mean errors on the test images from ${shapeMillimetres[0].toFixed(4)} to ${shapeMillimetres[1].toFixed(4)} mm and from ${reprojectionPixels[0].toFixed(4)} to ${reprojectionPixels[1].toFixed(4)} px`,
      );
  });
step('predict', "predict the heads in one's own pictures: meshes, poses and overlays")
  .argument('<picture...>', 'JPEG or PNG files')
  .option(
    '--box <x,y,width,height>',
    'around the head of the one picture, crown to chin, in pixels of the upright picture',
  )
  .option('--boxes <file>', 'JSON of boxes or landmarks: {"name.jpg": {"box": [x, y, width, height]}, ...}')
  .option(
    '--focal-length <length>',
    'of the camera: 3000px, or 50mm for film of 24 x 36 mm; else EXIF, else the diagonal',
  )
  .option('--loss <loss>', 'whose network predicts; gal-camera where the run has it, else the first that it has')
  .option('--seed <number>', "of the network; the profile's first by default", wholeNumber('--seed'))
  .option('--out <folder>', 'where results go; data/predictions/LOSS-seed-SEED of the workspace by default')
  .action(async (pictures, { run, ...options }) => {
    const results = await predictPictures(run, pictures, options);
    for (const { files, failure } of results)
      if (failure) console.error(`not predicted: ${failure}`);
      else console.log(files?.join('\n'));
    if (results.some(({ failure }) => failure)) process.exitCode = 1;
  });

const model = program
  .command('model')
  .description('morphable models of other projects: Basel, FLAME, eos and Surrey, statismo, ICT-FaceKit');
model
  .command('info')
  .description('say what a file holds, and what reading it into our unit and frame takes')
  .argument('<file>', 'a .mat, .h5, .npz or .bin, or the folder of ICT-FaceKit')
  .action(async (file) => console.log(await modelInfo(file)));
model
  .command('convert')
  .description('write a model in our unit and frame')
  .argument('<file>', 'as for info')
  .argument('<out>', 'a .h5 (statismo 0.9), or a .ply or .obj for the mean')
  .action(async (file, out) => console.log(await convertModel(file, out)));

/** Means by the paper's protocol, and who failed. */
function sayScanEvaluation({ losses, cases, leftOut }: ScanEvaluation): void {
  const rows = [...losses, { loss: MEAN_HEAD, title: 'mean head' }];
  for (const { loss, title } of rows) {
    const errors = cases.flatMap(({ errors: { [loss]: own } }) => {
      const { paper } = own?.protocols ?? {};
      return paper && !('failure' in paper) ? [paper.meanMillimetres] : [];
    });
    console.log(
      `${title}: ${errors.length > 0 ? `mean of ${mean(errors).toFixed(2)} mm by the paper's protocol, people: ${errors.length}` : 'no result'}`,
    );
  }
  for (const { name, why } of leftOut) console.log(`left out: ${name}: ${why}`);
  const failed = cases.filter(({ failure }) => failure !== undefined);
  for (const { name, failure } of failed) console.error(`not evaluated: ${name}: ${failure}`);
  if (failed.length === cases.length) process.exitCode = 1;
}

function asSplit(split: string | undefined): Split {
  if (!(SPLITS as readonly (string | undefined)[]).includes(split))
    throw new Error(`--split must be one of ${SPLITS.join(', ')}, but is ${split ?? 'missing'}`);
  return split as Split;
}

function wholeNumber(option: string): (text: string) => number {
  return (text) => {
    if (!/^\d{1,9}$/.test(text)) throw new Error(`${option} must be a whole number, but is ${text}`);
    return Number(text);
  };
}

program.parseAsync().catch((error: Error) => {
  console.error(process.env.DEBUG ? error : `reconstruct: ${error.message}`);
  process.exitCode = 1;
});
