import ndarray from 'ndarray';

const SHAPES = 1000;
const SHOWN = 12;
const COUNTS = [1, 5, 10, 20, 50];
/** Our explained variance may differ from ICT's by this share of it. */
const SHARE = 1 / 3;
/** Instances whose nearest shape is looked for, and shapes among which. */
const [INSTANCES, NEAREST_AMONG] = [100, 400];
const VIEWS = [
  { name: 'front', degrees: 0 },
  { name: '¾', degrees: 40 },
  { name: 'side', degrees: 90 },
];

/** Judges the population beside ICT-FaceKit: explained variance, specificity, and pictures of heads as bare surfaces. */
export function compareWithIct(lib, folder) {
  const { ictHeads, populationHeads } = lib('dataset');
  const { curvesFigure, tableFigure } = lib('figures');
  const { readIctFaceKit } = lib('morphable-model');
  const { headPopulation } = lib('population');
  const { createRandom } = lib('random');
  const { template } = headPopulation();
  const ict = readIctFaceKit(folder);

  const ours = judge(lib, populationHeads(), faceOf(template.points.data), 'population');
  const theirs = judge(
    lib,
    ictHeads(folder),
    Array.from({ length: ict.facePoints }, (_, i) => i),
    'ict-facekit',
  );
  const failures = [];
  const rows = COUNTS.map((count, i) => {
    const [own, other] = [ours.explained[count - 1], theirs.explained[count - 1]];
    if (!(Math.abs(own / other - 1) <= SHARE))
      failures.push(`${count} components explain ${own.toFixed(3)}, ICT's ${other.toFixed(3)}`);
    return {
      count,
      own,
      other,
      off: 100 * (own / other - 1),
      ownRest: 1 - own,
      otherRest: 1 - other,
      ownSpecificity: ours.specificity[i],
      otherSpecificity: theirs.specificity[i],
    };
  });
  const table = tableFigure({
    title: `Compactness and specificity of ${SHAPES} heads of each`,
    howToRead: `The face with ears and the front of the neck, after rigid Procrustes: ours ${ours.points} points, standard deviation ${ours.deviation.toFixed(1)} mm a point; ICT's ${theirs.points} points, ${theirs.deviation.toFixed(1)} mm. Specificity: mean distance of ${INSTANCES} random instances to the nearest of ${NEAREST_AMONG} heads, ± its standard error.`,
    columns: [
      { key: 'count', label: 'components', digits: 0 },
      { key: 'own', label: 'explained, ours', digits: 3 },
      { key: 'other', label: 'ICT', digits: 3 },
      { key: 'off', label: 'off', unit: '%', digits: 1 },
      { key: 'ownRest', label: 'rest, ours', digits: 3 },
      { key: 'otherRest', label: 'rest, ICT', digits: 3 },
      { key: 'ownSpecificity', label: 'specificity, ours', unit: 'mm' },
      { key: 'otherSpecificity', label: 'ICT', unit: 'mm' },
    ],
    rows,
  });
  const x = Array.from({ length: COUNTS.at(-1) }, (_, k) => k + 1);
  const curves = curvesFigure({
    title: 'Compactness',
    howToRead: 'The share of the variance that the first components hold.',
    x: { label: 'components' },
    y: { label: 'explained variance', range: [0, 1] },
    series: [
      { name: 'population', x, y: ours.explained },
      { name: 'ICT-FaceKit', x, y: theirs.explained },
    ],
  });
  const eyes = (points, among) => middle(among.map((i) => points.subarray(3 * i, 3 * i + 3)));
  const front = [...ict.eyeFront.keys()].filter((i) => ict.eyeFront[i] > 0.99);
  const { pupilRight, pupilLeft } = template.landmarks;
  const place = eyes(template.points.data, [pupilRight, pupilLeft]);
  const seed = createRandom('pictures');
  const picturesOf = (source, among) =>
    pictures(lib, source, seed, (points) => eyes(points, among).map((v, c) => place[c] - v));
  return {
    checked: COUNTS.length,
    failures,
    printed: [table],
    section: {
      heading: 'Beside ICT-FaceKit',
      figures: [
        table,
        curves,
        picturesOf(populationHeads(), [pupilRight, pupilLeft]),
        picturesOf(ictHeads(folder), front),
      ],
    },
  };
}

/** What ICT's face is, on our template: all in front of the ears' back edge from the chin's shadow to the hairline. */
function faceOf(points) {
  const face = [];
  for (let i = 0; i < points.length / 3; i++) {
    const [y, forward] = [points[3 * i + 1], -points[3 * i + 2]];
    if (y > -12 && y < 8.5 && forward > Math.max(-3.5, 0.5 * y - 2.5)) face.push(i);
  }
  return face;
}

function judge(lib, source, points, seed) {
  const { alignRigid, generalizedProcrustes, transformPoints } = lib('geometry');
  const { fitPrincipalComponents, instance } = lib('morphable-model');
  const { createRandom } = lib('random');
  const shapes = Array.from({ length: SHAPES }, (_, i) => {
    const { data } = source.sample(createRandom(seed).fork(i)).points;
    const picked = new Float32Array(3 * points.length);
    for (const [n, p] of points.entries()) picked.set(data.subarray(3 * p, 3 * p + 3), 3 * n);
    return ndarray(picked, [points.length, 3]);
  });
  const mean = generalizedProcrustes(shapes, shapes[0]);
  const aligned = shapes.map((shape) => transformPoints(shape, alignRigid(shape, mean)));
  const { model, totalVariance } = fitPrincipalComponents(aligned, source.shapeTriangles, COUNTS.at(-1));
  let sum = 0;
  const explained = Array.from(model.variances, (variance) => {
    sum += variance;
    return sum / totalVariance;
  });
  const random = createRandom(seed).fork('specificity');
  const among = aligned.slice(0, NEAREST_AMONG);
  const specificity = COUNTS.map((count) => {
    const distances = Array.from({ length: INSTANCES }, () => {
      const { data } = instance(model, Array.from({ length: count }, random.normal));
      return Math.min(...among.map((shape) => 10 * meanDistance(data, shape.data)));
    });
    const [value] = middle(distances.map((d) => [d]));
    const variance = distances.reduce((total, d) => total + (d - value) ** 2, 0) / (INSTANCES - 1);
    return { value, spread: Math.sqrt(variance / INSTANCES) };
  });
  return { points: points.length, deviation: 10 * Math.sqrt(totalVariance / points.length), explained, specificity };
}

function meanDistance(a, b) {
  let sum = 0;
  for (let i = 0; i < a.length; i += 3) {
    const [dx, dy, dz] = [a[i] - b[i], a[i + 1] - b[i + 1], a[i + 2] - b[i + 2]];
    sum += Math.sqrt(dx * dx + dy * dy + dz * dz);
  }
  return (3 * sum) / a.length;
}

/** Heads as bare surfaces of one grey, so that shape is judged and not paint. */
function pictures(lib, source, random, shiftOf) {
  const { portrait } = lib('experiment');
  const { picturesFigure } = lib('figures');
  const shown = Array.from({ length: SHOWN }, (_, i) => {
    const { data } = source.sample(random.fork(i)).points;
    const shift = shiftOf(data);
    const surface = {
      points: data.map((v, k) => v + shift[k % 3]),
      triangles: source.surfaceTriangles,
      albedo: new Float32Array(data.length).fill(0.5),
    };
    return VIEWS.map(({ name, degrees }) => portrait(surface, degrees, `head ${i + 1}, ${name}`));
  });
  return picturesFigure({
    title: `${SHOWN} heads: ${source.name}`,
    howToRead: 'As they come, from one seed; the eyes at the same place.',
    pictures: shown.flat(),
    columns: 6,
  });
}

const middle = (vectors) =>
  Array.from(vectors[0], (_, c) => vectors.reduce((sum, v) => sum + v[c], 0) / vectors.length);
