// A worker that can be killed: node --import tsx search-worker.fixture.ts STORAGE OPTIONS
//
// It searches the quadratic's least place. Each trial takes `milliseconds` and is announced by a line when it begins; the last
// line is the result.
import { setTimeout } from 'node:timers/promises';
import { searchWeights } from './search';
import { quadratic, quadraticSearch } from './search.fixture';

const [storage, given] = process.argv.slice(2);
const { milliseconds, ...options } = JSON.parse(given);
searchWeights(
  quadraticSearch(storage, {
    ...options,
    evaluate: async (parameters, trial) => {
      console.log(`trial ${trial}`);
      await setTimeout(milliseconds);
      return quadratic(parameters);
    },
  }),
).then(
  (result) => console.log(JSON.stringify(result)),
  (error) => {
    console.error(error);
    process.exitCode = 1;
  },
);
