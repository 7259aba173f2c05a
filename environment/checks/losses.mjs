// npm run check -- losses: lib/losses beside a second implementation of the paper's equations, which shares no code with it,
// works point by point in float64 and differentiates exactly; on 200 random reconstructions.
import { clampedShares, drawCases } from './losses/cases.mjs';
import { BARS, compareLosses } from './losses/comparison.mjs';
import { library, tf } from './losses/library.mjs';

const CASES = 200;
const SEED = 1;

const cases = drawCases(CASES, SEED);
const { below, near } = clampedShares(cases);
const percent = (share) => `${(100 * share).toFixed(1)} %`;
console.log(
  `${CASES} cases; of their points ${percent(below)} lie below the camera's smallest depth, ${percent(near)} within 1 cm of it`,
);
const column = (kind) => `${kind} (bar ${BARS[kind].toExponential(0)})`;
console.log(`\n${'largest relative error of'.padEnd(42)} cases  ${column('value')}  ${column('gradient')}`);
let passed = 0;
let failed = 0;
for (const { name, errors } of compareLosses(library, tf, cases)) {
  const isKept = errors.every(({ broken }) => broken === 0);
  if (isKept) passed++;
  else failed++;
  const figures = errors.map(({ kind, error }) =>
    kind === 'pixels'
      ? `${error.toExponential(1)} px (bar ${BARS.pixels})`
      : error.toExponential(1).padEnd(column(kind).length),
  );
  console.log(`${isKept ? 'ok  ' : 'FAIL'} ${name.padEnd(37)} ${String(CASES).padStart(5)}  ${figures.join('  ')}`);
  for (const { kind, broken, number } of errors)
    if (broken > 0) console.log(`     ${kind}: ${broken} of ${CASES} cases break the bar, case ${number} by most`);
}
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed > 0 ? 1 : 0);
