import { Command } from 'commander';
import { SPLITS, type Split } from 'lib/experiment';
import { buildModel } from './build-model';
import { evaluate } from './evaluate';
import { convertModel } from './model-convert';
import { modelInfo } from './model-info';
import { render } from './render';
import { writeReport } from './report';
import { summarize } from './summarize';
import { trainLoss } from './train';

const program = new Command('reconstruct').description(
  'The steps from heads to the table. Each reads and writes the folder of a run, which `npm run reproduce` makes.',
);

const step = (name: string, description: string) =>
  program
    .command(name)
    .description(description)
    .requiredOption('--run <folder>', "the run's folder, with its run.json");

step('build-model', 'build the morphable model from the training heads').action(({ run }) => buildModel(run));
step('render', 'render the images of one split, with their true shapes and poses')
  .requiredOption('--split <split>', SPLITS.join(', '))
  .action(({ run, split }) => {
    if (!SPLITS.includes(split)) throw new Error(`--split must be one of ${SPLITS.join(', ')}, but is ${split}`);
    return render(run, split as Split);
  });
step('train', 'train the network with one loss, from its last checkpoint where there is one')
  .requiredOption('--loss <loss>', "one of the profile's losses, such as srl or mrl-2")
  .action(({ run, loss }) => trainLoss(run, loss));
step('evaluate', 'measure all trained networks on the test split').action(({ run }) => evaluate(run));
step('summarize', 'make the table and check what the paper found').action(({ run }) => summarize(run));
step('report', 'write the page with all figures').action(({ run }) => writeReport(run));

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

program.parseAsync().catch((error: Error) => {
  console.error(process.env.DEBUG ? error : `reconstruct: ${error.message}`);
  process.exitCode = 1;
});
