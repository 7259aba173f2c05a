import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { z } from 'zod';
import { type OptunaProcess, startOptuna } from './optuna-process';

/** Bounds of each parameter, [low, high]; both above 0, since a parameter is drawn in its logarithm. */
export type SearchSpace<Name extends string = string> = Record<Name, readonly [low: number, high: number]>;

/** 0 ... trials - 1 */
const trial = z.number().int().nonnegative();
const parameters = z.record(z.string(), z.number());
/** Of the evaluation. */
const seconds = z.number().nonnegative();
export const trialSchema = z.discriminatedUnion('state', [
  z.strictObject({ trial, state: z.literal('complete'), score: z.number(), parameters, seconds }),
  z.strictObject({ trial, state: z.literal('failed'), failure: z.string(), parameters, seconds }),
]);
/** One evaluation of the search, and what came of it. */
export type Trial = z.infer<typeof trialSchema>;
export type CompleteTrial = Extract<Trial, { state: 'complete' }>;

export interface SearchProgress {
  /** Trials that have ended, of all workers, of `trials`. */
  done: number;
  trials: number;
  /** The best so far; undefined while none has a score. */
  best: CompleteTrial | undefined;
}

export interface SearchOptions<Name extends string> {
  space: SearchSpace<Name>;
  /**
   * The score of a trial, less is better. What it throws, or a score that is not finite, makes a failed trial of it, which
   * counts as one of `trials`. It should end soon after `signal` is aborted; what it returns then is not used.
   */
  evaluate: (parameters: Record<Name, number>, trial: number, signal: AbortSignal) => Promise<number>;
  /** How many, of all workers together, those of earlier searches in the same study included. */
  trials: number;
  /** The file of a journal, made where it is not there, or the address of a storage of Optuna's, such as sqlite:///FILE. */
  storage: string;
  /** Workers of the same study share its trials. A study is of one space and one seed. */
  studyName: string;
  /** A whole number from 0 on. */
  seed: number;
  /** The command of the process that holds Optuna: a Python that has it, and environment/search/optuna_child.py. */
  optuna: readonly string[];
  /**
   * Only help: end when no trial is left to begin, or after so many of one's own, without waiting for those that run elsewhere.
   */
  help?: number;
  /**
   * A trial whose worker does not say for so long that it lives is lost, and made again; a minute by default. On this machine
   * a worker's death is seen at once.
   */
  staleSeconds?: number;
  onProgress?: (progress: SearchProgress) => void;
  /** Ends the search; the trial under way is lost. */
  signal?: AbortSignal;
}

export interface SearchResult {
  /** In their order; all of them, but where `help` ended the search before others had. */
  trials: Trial[];
  /** The one with the least score; undefined where none has one. */
  best: CompleteTrial | undefined;
  /** How many trials were begun and lost, since their worker died; others took their places. */
  lost: number;
  /** Who chose the parameters. */
  sampler: string;
}

const WAIT_MS = 500;
const LONGEST_FAILURE = 1000;

/**
 * Searches the parameters of least score by Bayesian optimization (section 4.4), with Optuna's tree-structured Parzen
 * estimator.
 *
 * Any number of workers, each a call of this function, may share a study, one after the other or side by side; they wait for
 * each other's trials, and make again those of a worker that died. A trial's random numbers depend on the seed and on its
 * number alone. So a lone worker's search gives the same trials to the last bit, killed and started again or not; what several
 * workers find depends on the order in which their trials end.
 *
 * @throws {RangeError} when a bound, `trials`, `seed` or `staleSeconds` is out of range
 * @throws {Error} when the study is of another space or seed, when the storage is damaged or cannot be opened, or when Optuna's
 *   process fails, with what it wrote
 * @throws the signal's reason when `signal` is aborted
 *
 * Workers on several machines need clocks that differ by less than `staleSeconds`, and a file system with locks.
 * Reference: Bergstra, Bardenet, Bengio and Kégl 2011, "Algorithms for hyper-parameter optimization".
 */
export async function searchWeights<Name extends string>(options: SearchOptions<Name>): Promise<SearchResult> {
  checkOptions(options);
  const { space, trials, storage, studyName, seed, help, staleSeconds = 60, onProgress, signal } = options;
  signal?.throwIfAborted();
  const optuna = startOptuna(options.optuna);
  const over = new AbortController();
  const stop = over.signal;
  optuna.broken.addEventListener('abort', () => over.abort(optuna.broken.reason));
  const abort = () => {
    over.abort(signal?.reason);
    // without its input the process gives up the trial under way, whatever still comes of it, and answers nothing more
    void optuna.end();
  };
  signal?.addEventListener('abort', abort);
  try {
    const { sampler } = await optuna.call(
      {
        call: 'open',
        // a journal's lock stands beside it, and all workers must mean the same
        storage: storage.includes('://') ? storage : path.resolve(storage),
        study: studyName,
        space,
        trials,
        seed,
        stale_seconds: staleSeconds,
      },
      z.strictObject({ sampler: z.string() }),
    );
    const asked = askedSchema(space);
    const ended = z.strictObject({ trials: z.array(trialSchema), lost: z.number() });
    for (let reported = -1, own = 0; ; own++) {
      const next = await optuna.call({ call: 'ask' }, asked);
      stop.throwIfAborted();
      if (next) await evaluateOne(optuna, options.evaluate, next, stop);
      const found = await optuna.call({ call: 'trials' }, ended);
      const done = found.trials.length;
      const best = bestOf(found.trials);
      if (done !== reported) onProgress?.({ done, trials, best });
      reported = done;
      if (next && own + 1 !== help) continue;
      if (help !== undefined || done >= trials) return { ...found, best, sampler };
      await setTimeout(WAIT_MS);
    }
  } catch (error) {
    // what failed, failed since the search was ended
    stop.throwIfAborted();
    throw error;
  } finally {
    signal?.removeEventListener('abort', abort);
    await optuna.end();
  }
}

function checkOptions({ space, trials, seed, help = 1, staleSeconds = 60 }: SearchOptions<string>): void {
  const wrong = (what: string, was: unknown) => new RangeError(`${what}, but is ${JSON.stringify(was)}`);
  if (Object.keys(space).length === 0) throw wrong('space must have a parameter', space);
  for (const [name, [low, high]] of Object.entries(space))
    if (!(low > 0 && high > low && high < Number.POSITIVE_INFINITY))
      throw wrong(`space.${name} must be [low, high] with 0 < low < high`, [low, high]);
  if (!(Number.isSafeInteger(trials) && trials > 0)) throw wrong('trials must be a whole number above 0', trials);
  if (!(Number.isSafeInteger(seed) && seed >= 0)) throw wrong('seed must be a whole number from 0 on', seed);
  if (!(help > 0)) throw wrong('help must be above 0', help);
  if (!(staleSeconds > 0)) throw wrong('staleSeconds must be above 0', staleSeconds);
}

/** A trial to begin, or null where none is left. */
function askedSchema<Name extends string>(space: SearchSpace<Name>) {
  const within = Object.entries<readonly [number, number]>(space).map(([name, [low, high]]) => [
    name,
    z.number().min(low).max(high),
  ]);
  const parameters = z.strictObject(Object.fromEntries(within)) as unknown as z.ZodType<Record<Name, number>>;
  return z.nullable(z.strictObject({ trial: z.number().int().nonnegative(), parameters }));
}

async function evaluateOne<Name extends string>(
  optuna: OptunaProcess,
  evaluate: SearchOptions<Name>['evaluate'],
  { trial, parameters }: { trial: number; parameters: Record<Name, number> },
  signal: AbortSignal,
): Promise<void> {
  const since = performance.now();
  let outcome: { score: number } | { failure: string };
  try {
    const score = await evaluate(parameters, trial, signal);
    outcome = Number.isFinite(score) ? { score } : { failure: `the score is ${score}` };
  } catch (error) {
    outcome = { failure: String(error instanceof Error ? error.message : error).slice(0, LONGEST_FAILURE) };
  }
  await optuna.call({ call: 'tell', seconds: (performance.now() - since) / 1000, ...outcome }, z.null());
}

const bestOf = (trials: Trial[]): CompleteTrial | undefined =>
  trials
    .filter((trial) => trial.state === 'complete')
    .reduce<CompleteTrial | undefined>((best, trial) => (best && best.score <= trial.score ? best : trial), undefined);
