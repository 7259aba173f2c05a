import { type BenchmarkLayout, caseName, SCAN_PROTOCOLS } from 'lib/evaluation';
import { MEAN_HEAD, type ScanCase, type ScanEvaluation, type ScanOutcome, scanCorrelation } from './scan-evaluation';

/** A person with each predictor's error after ICP, mm, or why there is none, and its true error. */
export function scanCase(name: string, errors: Record<string, [number | string, number | undefined]>): ScanCase {
  const outcome = (icp: number | string): ScanOutcome =>
    typeof icp === 'string'
      ? { failure: icp }
      : {
          meanMillimetres: icp,
          medianMillimetres: icp / 2,
          standardDeviationMillimetres: icp / 4,
          rootMeanSquareMillimetres: 2 * icp,
          points: 100,
          converged: true,
        };
  const entries = Object.entries(errors).map(([predictor, [icp, trueMillimetres]]) => [
    predictor,
    {
      protocols: { paper: outcome(icp), now: outcome(icp), 'similarity-95mm': outcome('no nose') },
      ...(trueMillimetres !== undefined && { trueMillimetres }),
    },
  ]);
  return { name, picture: `${name}.jpg`, madeFrom: 'files', errors: Object.fromEntries(entries) };
}

/** Two losses and the mean head on some people of a stand-in. */
export function madeUpEvaluation(layout: BenchmarkLayout, people: number): ScanEvaluation {
  const cases = Array.from({ length: people }, (_, i) =>
    scanCase(caseName(layout, i + 1), { coarse: [1 + i, 3 + i], srl: [4 + i, 9 - i], [MEAN_HEAD]: [5, 6] }),
  );
  const correlation = scanCorrelation(cases, ['coarse', 'srl']);
  return {
    dataset: `${layout}-stand-in`,
    layout,
    standIn: { heads: 'second-population', seed: 1, count: people },
    seed: 1,
    losses: [
      { loss: 'coarse', title: 'Coarse' },
      { loss: 'srl', title: 'SRL' },
    ],
    // as it is when it has been a file
    protocols: JSON.parse(JSON.stringify(SCAN_PROTOCOLS)),
    cases,
    leftOut: [],
    ...(correlation && { correlation }),
  };
}
