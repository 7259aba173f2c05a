// npm run check -- population: is the population one of heads? The measures of 2,000 drawn heads beside those of adults, 200
// heads tried for surfaces that pass through themselves, and, where ICT_FACEKIT names ICT-FaceKit's folder, a comparison
// with its heads. Tables, curves and pictures are left in build/population.html.
import { createRequire } from 'node:module';
import path from 'node:path';
import { register } from 'tsx/cjs/api';
import { root } from '../setup.mjs';
import { compareWithIct } from './population/ict-comparison.mjs';
import { measureHeads } from './population/measured-heads.mjs';

register();
const load = createRequire(import.meta.url);
const lib = (name) => load(path.join(root, 'lib', name));
const { figureText, reportPage } = lib('figures');
const { writeWhole } = lib('files');

const HEADS = 2000;
const TRIED_FOR_CROSSINGS = 200;
const folder = process.env.ICT_FACEKIT;

const results = [measureHeads(lib, HEADS), crossings()];
if (folder) results.push(compareWithIct(lib, folder));
else console.log('no comparison with ICT-FaceKit: ICT_FACEKIT does not name its folder');

for (const figure of results.flatMap(({ printed }) => printed)) console.log(`${figureText(figure)}\n`);
const page = path.join(root, 'build', 'population.html');
writeWhole(page, reportPage({ title: 'The population of heads', sections: results.map(({ section }) => section) }));
console.log(`tables, curves and pictures: ${page}`);

const failures = results.flatMap(({ failures }) => failures);
for (const failure of failures) console.log(`FAILED: ${failure}`);
const checked = results.reduce((sum, { checked }) => sum + checked, 0);
console.log(`${checked - failures.length} passed, ${failures.length} failed`);
process.exit(failures.length > 0 ? 1 : 0);

function crossings() {
  const { headPopulation, sampleHead } = lib('population');
  const { selfIntersections } = lib('mesh');
  const { createRandom } = lib('random');
  const population = headPopulation();
  const { triangles } = population.template;
  const failures = [];
  for (let i = 0; i < TRIED_FOR_CROSSINGS; i++) {
    const { points } = sampleHead(population, createRandom('crossings').fork(i));
    const { length } = selfIntersections({ points, triangles });
    if (length > 0) failures.push(`head ${i} has ${length} pairs of triangles that pass through each other`);
  }
  const text = `Of ${TRIED_FOR_CROSSINGS} heads, ${failures.length} have a surface that passes through itself.`;
  console.log(text);
  return { checked: TRIED_FOR_CROSSINGS, failures, printed: [], section: { heading: 'Surfaces', paragraphs: [text] } };
}
