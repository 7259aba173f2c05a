import { curvesFigure, type Figure, type Series } from 'lib/figures';
import { type LossOption, type LossSpec, lossId, lossTitle, type Profile } from './profile';
import type { Summary } from './summary';

type Choice = string | number;
interface Question {
  /** Of a loss; the question is which value it should have. */
  option: LossOption;
  question: string;
  says: string;
  axis: { label: string; log?: boolean };
  /** What a loss has that does not say it; undefined where it has no such option. */
  usual: (profile: Profile, loss: LossSpec) => Choice | undefined;
}

const SINGLE_TERM = ['gal', 'srl', 'mrl'];

/** What the paper leaves open, in the order of the report. */
const QUESTIONS: Question[] = [
  {
    option: 'frame',
    question: 'In which frame should GAL align?',
    says: 'The paper’s text can be read as the camera’s frame; the authors’ released code compares in the model’s.',
    axis: { label: 'frame' },
    usual: () => undefined,
  },
  {
    option: 'poseOutput',
    question: 'Which numbers should stand for the pose?',
    says: 'The paper’s network puts out the camera’s centre in the model’s frame; the other choice is the head’s centre in the camera’s frame.',
    axis: { label: 'output' },
    usual: ({ network }) => network.poseOutput,
  },
  {
    option: 'norm',
    question: 'Absolute or squared distances?',
    says: 'The paper writes absolute distances (l1) for SRL and MRL; the released code takes squares.',
    axis: { label: 'norm' },
    usual: (_, { name }) => (SINGLE_TERM.includes(name) ? 'l1' : undefined),
  },
  {
    option: 'viewSampler',
    question: 'Where should virtual views come from?',
    says: 'The paper draws MRL’s virtual cameras at random and does not say how.',
    axis: { label: 'virtual cameras' },
    usual: (_, { name }) => (name === 'mrl' ? 'training-poses' : undefined),
  },
  {
    option: 'penalty',
    question: 'Does a penalty on the coefficients mend SRL?',
    says: 'A single view does not tell all of a shape; a penalty on the coefficients’ size keeps what it does not tell near the mean head, and is one more weight to choose.',
    axis: { label: 'weight of the penalty' },
    usual: (_, { name }) => (name === 'srl' ? 'none' : undefined),
  },
  {
    option: 'learningRate',
    question: 'How far does “hyperparameter-free” reach?',
    says: 'A loss of one term has no weights to choose, but it is trained with a learning rate all the same.',
    axis: { label: 'learning rate', log: true },
    usual: ({ training }) => training.learningRate,
  },
  {
    option: 'coefficientScale',
    question: 'How large should a coefficient be?',
    says: 'A coefficient, in standard deviations, is this scale times what the network puts out: the smaller it is, the slower the shape learns beside the pose.',
    axis: { label: 'coefficient scale', log: true },
    usual: ({ network }) => network.coefficientScale,
  },
  {
    option: 'encoder',
    question: 'How deep should the encoder be?',
    says: 'The paper’s is VGG-16; a smaller one is quicker and sees less.',
    axis: { label: 'encoder' },
    usual: ({ network }) => network.encoder,
  },
  {
    option: 'steps',
    question: 'Does a longer training help?',
    says: 'The paper trains SRL for 500 epochs and the other losses for 120.',
    axis: { label: 'steps', log: true },
    usual: ({ training }) => training.steps,
  },
];

/**
 * A figure for each question to which a run has an answer: where it trained a loss with one choice and with another, and all
 * else the same.
 */
export function openQuestions(
  profile: Profile,
  summary: Summary,
): { question: string; says: string; figure: Figure }[] {
  return QUESTIONS.flatMap(({ question, says, ...asked }) => {
    const families = compared(asked, profile, summary);
    return families.size > 0 ? [{ question, says, figure: figureOf(asked.axis, families, summary) }] : [];
  });
}

type Row = Summary['rows'][number];
/** Losses that differ in one choice only, by the name that they share without it. */
type Families = Map<string, { choice: Choice; row: Row }[]>;

function compared(
  { option, usual }: Pick<Question, 'option' | 'usual'>,
  profile: Profile,
  { rows }: Summary,
): Families {
  const families: Families = new Map();
  for (const loss of profile.losses) {
    const choice = (loss as Partial<Record<LossOption, Choice>>)[option] ?? usual(profile, loss);
    const row = rows.find((one) => one.loss === lossId(loss));
    if (choice === undefined || !row) continue;
    const name = lossTitle(loss, option);
    families.set(name, [...(families.get(name) ?? []), { choice, row }]);
  }
  return new Map([...families].filter(([, members]) => members.length > 1));
}

function figureOf(axis: Question['axis'], families: Families, { floors }: Summary): Figure {
  const choices = [...new Set([...families.values()].flatMap((members) => members.map(({ choice }) => choice)))];
  const panel = (name: string, unit: string, key: keyof Row['errors']) => {
    const error = (members: { choice: Choice; row: Row }[], choice: Choice) =>
      members.find((member) => member.choice === choice)?.row.errors[key] ?? Number.NaN;
    const series = [...families].map(([family, members]): Series => {
      if (!axis.log)
        return {
          name: family,
          mark: 'bars',
          x: choices.map(String),
          y: choices.map((choice) => error(members, choice)),
        };
      const x = members.map(({ choice }) => Number(choice)).sort((a, b) => a - b);
      return { name: family, x, y: x.map((choice) => error(members, choice)) };
    });
    return {
      name,
      y: { label: `${name} error`, unit, fromZero: true },
      series,
      floors: [{ name: 'mean head', y: floors.meanHead[key] }],
    };
  };
  // a legend names the losses where there are several
  const [only] = families.size === 1 ? families.keys() : [];
  return curvesFigure({
    title: `Errors by ${axis.label}${only ? `: ${only}` : ''}`,
    howToRead: `${axis.log ? 'Each curve is' : 'Bars of one colour are'} one loss with nothing else changed; the dashed line is the mean head in the mean pose, which needs no learning. Lower is better.`,
    x: axis,
    panels: [
      panel('reprojection', 'px', 'reprojectionPixels'),
      panel('shape', 'mm', 'shapeMillimetres'),
      panel('rotation', '°', 'rotationDegrees'),
    ],
  });
}
