import fs from 'node:fs';
import { imageCount, openDataset } from 'lib/dataset';
import {
  angleFigure,
  cameraAnglesFigure,
  componentsFigure,
  correlationText,
  costFigure,
  evenlySpread,
  explainedVarianceFigure,
  headSource,
  headsFigure,
  imagesFigure,
  lossId,
  lossTitle,
  mainLosses,
  meanMesh,
  openQuestions,
  paperFigure,
  predictionsFigure,
  profileHeadsFigure,
  type Run,
  readModelFacts,
  readRegistration,
  readRun,
  readRunModel,
  readScanEvaluations,
  readSummary,
  registrationFigures,
  resultsFigure,
  type Summary,
  scanCorrelationFigure,
  scanHeatmapsFigure,
  scanTableFigure,
  splitsFigure,
  subjectRandom,
  trainedNetwork,
  trainingFigure,
  viewsFigure,
} from 'lib/experiment';
import { meshFigure, type ReportSection, reportPage } from 'lib/figures';
import { writeWhole } from 'lib/files';
import type { MorphableModel } from 'lib/morphable-model';
import { predictAll, readTrainingRun } from 'lib/training';

const HEADS_SHOWN = 6;

/** Section 4.7, where the run's networks were tried on people with scans. */
function generalization(runFolder: string, model: MorphableModel): ReportSection[] {
  const { files } = readRun(runFolder);
  const evaluations = readScanEvaluations(files);
  if (evaluations.length === 0) return [];
  const figures = [
    ...evaluations.map(scanTableFigure),
    scanHeatmapsFigure(evaluations, model, files),
    scanCorrelationFigure(evaluations),
  ];
  const made = evaluations.filter(({ standIn }) => standIn !== undefined);
  return [
    {
      heading: 'Other people, other cameras',
      paragraphs: [
        `${made.length > 0 ? 'The data sets of the paper’s section 4.7 are licensed and not here. What stands in for them are rendered people whose heads, skin, light, cameras and noise no training saw, in the same layouts. ' : ''}A network saw one picture of each person; its head was laid on the person’s scan by four landmarks and ICP. The mean head, which saw no picture, is the floor.`,
        ...evaluations.map(correlationText),
      ],
      figures: figures.filter((figure) => figure !== undefined),
    },
  ];
}

/** How a run came to its results, in three paragraphs that say only what holds of its profile. */
export function whatWasDone(
  { profile, heads }: Pick<Run, 'profile' | 'heads'>,
  components: number,
  facts: Pick<ReturnType<typeof readModelFacts>, 'subjects' | 'points' | 'failed'>,
  { images }: Pick<Summary, 'images'>,
): string[] {
  const { losses, training, network, search } = profile;
  const fromIct = heads.source === 'ict-facekit';
  const { seeds } = training;
  const ownSteps = losses.some(({ steps }) => steps !== undefined);
  const ownEncoder = losses.some(({ encoder }) => encoder !== undefined);
  return [
    `${fromIct ? 'Heads were drawn from ICT-FaceKit' : 'Heads were drawn from the embedded population'}, ${facts.subjects} of them gave a morphable model of ${components} components on ${facts.points.toLocaleString('en')} points, and images of ${profile.imageSize} × ${profile.imageSize} pixels with known pose were rendered: ${images.train.toLocaleString('en')} to train, ${images.validation} to choose checkpoints, ${images.test} to test, no subject in two of them. One network was trained with each of ${losses.length} losses, ${training.steps.toLocaleString('en')} steps each${ownSteps ? ' unless the loss’s name says otherwise' : ''}${seeds.length > 1 ? `, with each of ${seeds.length} seeds` : ''}; a seed’s trainings${ownEncoder ? ' of one encoder' : ''} start from the same first weights and see the images in the same order.`,
    fromIct
      ? 'These heads are in correspondence from the start, since they come from one model; nothing was scanned or registered.'
      : `Every head was scanned by a simulated sensor, with noise, holes and a pose of the scanner’s own, and the template was registered to the scan. A subject’s true shape is its registered scan; ${facts.failed.length === 0 ? 'no training scan failed' : `${facts.failed.length} training scans failed and are left out`}.`,
    [
      search
        ? `The weights and learning rates of Coarse and XQT were searched on the validation images, ${search.trials} short trainings each.`
        : 'The weights of Coarse and XQT balance their terms at the network’s start; they were not searched.',
      ...(mainLosses(losses).some((loss) => loss.name === 'srl' && !loss.steps)
        ? ['SRL was trained as long as the others, where the paper gave it four times as many epochs.']
        : []),
      `Each training image was seen mirrored too${training.augmentation ? ', and turned and coloured anew each time' : ''}.`,
      ...(profile.procrustes === 'similarity'
        ? [
            'All heads were brought to one size before components were found, and errors are in millimetres of a head of that size.',
          ]
        : []),
      network.poseOutput === 'head-centre'
        ? 'The network puts out the head’s place in the camera’s frame (head-centre), not the camera’s centre as in the paper.'
        : 'The network puts out the camera’s centre in the model’s frame, as in the paper (camera-centre).',
    ].join(' '),
  ];
}

/** Writes the page that `npm start` ends with: heads, components, images, training, the table, and what held. */
export async function writeReport(runFolder: string): Promise<void> {
  const { profile, heads, files } = readRun(runFolder);
  const summary = readSummary(files.summary);
  const model = await readRunModel(files);
  const facts = readModelFacts(files.modelFacts);
  const train = openDataset(files.dataset('train'));
  const test = openDataset(files.dataset('test'));
  const source = headSource(heads);
  const fromIct = heads.source === 'ict-facekit';

  const { seeds } = profile.training;
  // the others are compared in the table and in the open questions
  const main = mainLosses(profile.losses);
  const mainRows = summary.rows.filter((row) => main.some((loss) => lossId(loss) === row.loss));
  const predictions = [];
  for (const loss of main) {
    const network = trainedNetwork(runFolder, loss, seeds[0], model);
    predictions.push({ title: lossTitle(loss), of: await predictAll(network, test) });
    network.dispose();
  }
  const trainings = main.map((loss) => ({
    title: lossTitle(loss),
    run: readTrainingRun(files.training(loss, seeds[0]).folder),
  }));

  const byViews = viewsFigure(summary);

  const sections: ReportSection[] = [
    {
      heading: 'What was done',
      paragraphs: whatWasDone({ profile, heads }, model.variances.length, facts, summary),
    },
    {
      heading: 'The heads',
      figures: [
        headsFigure(
          source,
          Array.from({ length: HEADS_SHOWN }, (_, i) => subjectRandom(profile, 'test', i)),
          model.mean,
        ),
      ],
    },
    {
      heading: 'The morphable model',
      figures: [
        meshFigure({
          title: 'The mean head',
          howToRead: 'Drag to turn it, scroll to come nearer.',
          panels: [{ mesh: meanMesh(model) }],
        }),
        componentsFigure(model),
        explainedVarianceFigure(facts.explainedVariance),
      ],
    },
    ...(fromIct
      ? []
      : [{ heading: 'Scans and registration', figures: registrationFigures(readRegistration(files.registration)) }]),
    {
      heading: 'The images',
      figures: [
        splitsFigure(summary),
        cameraAnglesFigure({ train, validation: openDataset(files.dataset('validation')), test }),
        imagesFigure(train),
      ],
    },
    { heading: 'Training', figures: [trainingFigure(trainings, summary)] },
    {
      heading: 'The table',
      figures: [resultsFigure(summary), costFigure(summary), paperFigure()],
    },
    {
      heading: 'What held',
      paragraphs: [
        `Each statement is checked against this run’s numbers: ${seeds.length === 1 ? 'one seed' : `means over ${seeds.length} seeds`}, a short training: a sign, not a proof.`,
        ...summary.findings.map(
          ({ statement, held, numbers }) => `${held ? '✓ Held' : '✗ Did not hold'}: ${statement} (${numbers}).`,
        ),
      ],
    },
    {
      heading: 'Where each loss is right',
      figures: [
        angleFigure({ rows: mainRows }),
        predictionsFigure(test, model, predictions, [...evenlySpread(imageCount(test), 6)]),
        profileHeadsFigure(test, model, predictions),
      ],
    },
    ...(byViews ? [{ heading: 'How many virtual views', figures: [byViews] }] : []),
    ...generalization(runFolder, model),
    ...openQuestions(profile, summary).map(({ question, says, figure }) => ({
      heading: question,
      paragraphs: [says],
      figures: [figure],
    })),
  ];
  const { provenance } = summary;
  const page = reportPage({
    title: `From heads to a table: ${profile.name}, ${source.name}`,
    subtitle: 'Hyperparameter-free losses for model-based monocular reconstruction, rebuilt',
    sections,
    navigation: fs.existsSync(files.notebooks)
      ? [
          { label: 'Report' },
          ...fs
            .readdirSync(files.notebooks)
            .filter((name) => name.endsWith('.html'))
            .sort()
            .map((name) => ({ label: name.replace('.html', '').replaceAll('-', ' '), href: `notebooks/${name}` })),
        ]
      : [],
    footer: `Seed ${provenance.seed}, commit ${provenance.commit}, ${provenance.device}, TensorFlow ${provenance.tensorflow}, Node ${provenance.node}, ${provenance.date}.`,
  });
  writeWhole(files.report, page);
}
