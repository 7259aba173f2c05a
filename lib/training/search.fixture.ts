import path from 'node:path';
import type { TestContext } from 'node:test';
import { temporaryFolder } from '../files/temporary-folder.fixture';
import { type SearchOptions, searchWeights, type Trial } from './search';

const root = path.join(__dirname, '..', '..');

/** Set-up's Python, with the program that holds Optuna. */
export const OPTUNA = [
  path.join(root, '.venv', 'bin', 'python'),
  path.join(root, 'environment', 'search', 'optuna_child.py'),
];

export const SPACE = { weight: [0.1, 10], learningRate: [1e-5, 1e-3] } as const;
type Name = keyof typeof SPACE;

/** Least, 0, at a weight of 10^0.4 = 2.5 and a learning rate of 10^-3.3 = 5e-4. */
export const quadratic = ({ weight, learningRate }: Record<Name, number>): number =>
  (Math.log10(weight) - 0.4) ** 2 + (Math.log10(learningRate) + 3.3) ** 2;

/** A search of the quadratic's least place; its journal is the caller's. */
export const quadraticSearch = (storage: string, given: Partial<SearchOptions<Name>> = {}): SearchOptions<Name> => ({
  space: SPACE,
  evaluate: async (parameters) => quadratic(parameters),
  trials: 20,
  storage,
  studyName: 'quadratic',
  seed: 1,
  optuna: OPTUNA,
  ...given,
});

export const newJournal = (t: TestContext): string => path.join(temporaryFolder(t), 'folder with a space', 'journal');

export const search = (journal: string, given: Partial<SearchOptions<Name>> = {}) =>
  searchWeights(quadraticSearch(journal, given));

/** What the clock does not change. */
export const timeless = (trials: Trial[]) => trials.map(({ seconds: _, ...trial }) => trial);

export const numbers = (count: number) => Array.from({ length: count }, (_, i) => i);
