import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { decodePicture, imageBatch, warpPicture } from 'lib/dataset';
import { framingCamera, headFraming, type LossSpec, networkOf, readRun, trainedNetwork } from 'lib/experiment';
import { writeJson } from 'lib/files';
import {
  applyHomography,
  type Camera,
  cameraCoordinates,
  defaultCamera,
  type Pose,
  projectPoints,
  rotationMatrix,
  turnHomography,
} from 'lib/geometry';
import { readMesh, writePng } from 'lib/mesh';
import { instance, readMorphableModel } from 'lib/morphable-model';
import { createRandom } from 'lib/random';
import { predict, readWeights, reconstructionNetwork, writeCheckpoint } from 'lib/training';
import ndarray from 'ndarray';
import { blockJpeg, difficultPictures, exifSegment, tiffBytes } from '../dataset/difficult-pictures.fixture';
import { temporaryFolder } from '../files/temporary-folder.fixture';
import { keepSmallRun } from './keep';
import { madeUpRun } from './made-up-run.fixture';
import { predictPictures } from './predict';

/** A run whose networks have weights of noise, which answer each picture in another way. */
async function trainedRun(t: TestContext) {
  const training = { steps: 1, batchSize: 1, learningRate: 0.001, seeds: [5, 1] };
  const losses: LossSpec[] = [{ name: 'xqt' }, { name: 'gal', frame: 'camera' }];
  const run = await madeUpRun(t, { training, losses });
  for (const loss of losses) {
    const random = createRandom(loss.name);
    const network = reconstructionNetwork(run.model, networkOf(run.profile, loss), random);
    // the last layers begin with zeros
    const weights = (await readWeights(network)).map((w) => w.map((v) => v + 0.02 * random.normal()));
    network.dispose();
    writeCheckpoint(run.files.training(loss, 5).weights, { step: 1, weights, firstMoments: [], secondMoments: [] });
  }
  return run;
}

function noisePng(folder: string, name: string, width: number, height: number): string {
  const random = createRandom(name);
  const file = path.join(folder, name);
  writePng(
    file,
    Uint8Array.from({ length: 3 * width * height }, () => random.integer(256)),
    width,
    height,
  );
  return file;
}

const readResult = (out: string, name: string) =>
  JSON.parse(fs.readFileSync(path.join(out, `${name}.head.json`), 'utf8'));

test('the head, its pose in the picture’s camera and the overlay are those that the network’s answer for the crop means', async (t) => {
  const { folder } = await trainedRun(t);
  const own = temporaryFolder(t);
  const picture = noisePng(own, 'portrait.png', 320, 240);
  const before = fs.readFileSync(picture);
  const out = path.join(own, 'out');
  const box = [170, 30, 90, 110] as const;
  const [result] = await predictPictures(folder, [picture], { box: box.join(','), focalLength: '400px', out });
  const files = ['ply', 'png', 'json'].map((ending) => path.join(out, `portrait.head.${ending}`));
  assert.deepEqual(result, { picture, files });
  assert.deepEqual(fs.readdirSync(out).sort(), files.map((file) => path.basename(file)).sort());
  assert.deepEqual(fs.readdirSync(own).sort(), ['out', 'portrait.png']);
  assert.deepEqual(fs.readFileSync(picture), before);

  // the network's own answer for the crop
  const { loss, seed, run, coefficients, pose, crop, ...rest } = readResult(out, 'portrait');
  const { headInCameraCentimetres: h } = rest;
  const camera: Camera = rest.camera;
  assert.deepEqual([loss, seed, run], ['gal-camera', 5, folder]);
  assert.deepEqual(camera, {
    focalLengthPixels: 400,
    principalPointPixels: [160, 120],
    width: 320,
    height: 240,
    focalLengthFrom: 'option',
  });
  const read = readRun(folder);
  const model = await readMorphableModel(read.files.model);
  const turned = framingCamera(camera, box, headFraming(read, model.mean));
  const toPicture = turnHomography(turned.camera, camera, turned.rotation);
  const seen = warpPicture(await decodePicture(picture), toPicture, 16, 16);
  const network = trainedNetwork(folder, { name: 'gal', frame: 'camera' }, 5, model);
  const images = imageBatch({ imageSize: 16, images: seen.pixels }, [0]);
  const [answer] = await predict(network, images);
  images.dispose();
  network.dispose();
  assert.ok(Math.hypot(...answer.coefficients) > 1e-6, 'an answer of zeros would tell nothing');
  assert.deepEqual(coefficients, [...answer.coefficients]);
  assert.deepEqual(crop.box, [...box]);
  assert.deepEqual(crop.pictureFromCropRotation, [...turned.rotation]);
  assert.ok(Math.abs(crop.zoom - turned.camera.focalLengthPixels / defaultCamera(16).focalLengthPixels) < 1e-12);
  assert.ok(crop.zoom > 1.05 || crop.zoom < 0.95, 'a zoom of 1 would tell nothing');

  // the head's origin is where the network saw it, as far away as the zoom makes it
  const origin = ndarray(new Float64Array(3), [1, 3]);
  const inCrop = projectPoints(origin, answer.pose, defaultCamera(16)).data;
  const expected = applyHomography(toPicture, [inCrop[0], inCrop[1]]).pixel;
  const found = projectPoints(origin, pose as Pose, camera).data;
  assert.ok(Math.hypot(found[0] - expected[0], found[1] - expected[1]) < 1e-6, `${found} is not ${expected}`);
  assert.deepEqual(
    [...cameraCoordinates(origin, pose as Pose).data].map((v) => v.toFixed(6)),
    h.map((v: number) => v.toFixed(6)),
  );
  const axis = rotationMatrix(turned.rotation);
  const alongAxis = axis[2] * h[0] + axis[5] * h[1] + axis[8] * h[2];
  const answered = cameraCoordinates(origin, answer.pose).data[2];
  assert.ok(Math.abs(alongAxis / answered / crop.zoom - 1) < 1e-9);
  // its axes are those that the network saw, turned with the camera
  const [seenAxes, foundAxes] = [rotationMatrix(answer.pose.rotation), rotationMatrix(pose.rotation)];
  for (let row = 0; row < 3; row++)
    for (let column = 0; column < 3; column++) {
      // R = R_seen turn^T
      const sum = [0, 1, 2].reduce((s, k) => s + seenAxes[3 * row + k] * axis[3 * column + k], 0);
      assert.ok(Math.abs(foundAxes[3 * row + column] - sum) < 1e-9);
    }

  const mesh = readMesh(files[0]);
  assert.deepEqual([...mesh.points.data], [...instance(model, answer.coefficients).data]);
  assert.deepEqual([...mesh.triangles.data], [...model.triangles.data]);
  const overlay = await decodePicture(files[1]);
  assert.deepEqual([overlay.width, overlay.height], [320, 240]);
});

test('a small copy of a run, which has no images, predicts nearly the same', async (t) => {
  const { folder } = await trainedRun(t);
  const own = temporaryFolder(t);
  const small = path.join(own, 'small');
  await keepSmallRun(folder, { to: small, networks: ['xqt'], heads: [] });
  const picture = noisePng(own, 'portrait.png', 64, 64);
  const answers: number[][] = [];
  for (const run of [folder, small]) {
    const out = path.join(own, path.basename(run));
    // gal-camera's network is not in the small copy
    const [{ failure }] = await predictPictures(run, [picture], {
      box: '10,10,30,40',
      out,
      loss: run === folder ? 'xqt' : undefined,
    });
    assert.equal(failure, undefined);
    const { loss, headInCameraCentimetres, coefficients } = readResult(out, 'portrait');
    assert.equal(loss, 'xqt');
    answers.push([...headInCameraCentimetres, ...coefficients]);
  }
  for (const [i, v] of answers[0].entries()) assert.ok(Math.abs(v - answers[1][i]) < 0.02 * (1 + Math.abs(v)));
  await assert.rejects(
    predictPictures(small, [picture], { box: '10,10,30,40', loss: 'gal-camera' }),
    /^Error: --loss must be one whose network the run has with seed 5, which are xqt, but is gal-camera$/,
  );
  fs.rmSync(path.join(small, 'training'), { recursive: true });
  await assert.rejects(
    predictPictures(small, [picture], { box: '10,10,30,40' }),
    /^Error: the run has no trained network with seed 5: train one first$/,
  );
});

test('of thirteen difficult files the program predicts those that can be read, names the others, and its exit code says so', async (t) => {
  const { folder } = await trainedRun(t);
  const own = temporaryFolder(t);
  const out = path.join(own, 'out');
  const given = await difficultPictures();
  const names = given.map(({ name }) => name);
  for (const { name, bytes } of given) fs.writeFileSync(path.join(own, name), bytes);
  const boxes = Object.fromEntries(
    names.map((name) => [name, { box: name === 'one-pixel.png' ? [0, 0, 1, 1] : [4, 4, 30, 30] }]),
  );
  writeJson(path.join(own, 'boxes.json'), boxes);
  const program = path.join(__dirname, 'reconstruct.mjs');
  const args = ['predict', '--run', folder, '--boxes', path.join(own, 'boxes.json'), '--out', out];
  const run = (...pictures: string[]) =>
    spawnSync(process.execPath, [program, ...args, ...pictures.map((name) => path.join(own, name))], {
      encoding: 'utf8',
    });
  const { status, stdout, stderr } = run(...names);
  assert.equal(status, 1, stderr);
  for (const { name, wrong } of given) {
    const stem = path.parse(name).name;
    const line = stderr.split('\n').find((text) => text.startsWith(`not predicted: ${path.join(own, name)}: `));
    assert.equal(fs.existsSync(path.join(out, `${stem}.head.json`)), wrong === undefined, name);
    assert.equal(stdout.includes(path.join(out, `${stem}.head.ply`)), wrong === undefined, name);
    if (wrong) assert.match(line ?? '', wrong);
    else assert.equal(line, undefined);
  }
  assert.doesNotMatch(stderr, /\n {4}at /);
  // each answer says that it is one for any picture
  for (const name of ['no-head', 'one-pixel', 'cmyk'])
    assert.match(readResult(out, name).note, /for any picture, with a head or without/);
  assert.match(readResult(out, 'alpha').warnings.join('\n'), /transparent in places, and was laid over white/);
  assert.match(readResult(out, 'one-pixel').warnings.join('\n'), /the head is 1 pixels high and was enlarged to \d+/);
  assert.equal(run('grey.png').status, 0);
});

test('boxes and sizes are those of the upright picture, and the focal length is the option’s, else EXIF’s, else the diagonal', async (t) => {
  const { folder } = await trainedRun(t);
  const own = temporaryFolder(t);
  const jpeg = (name: string, ...before: Buffer[]) => {
    const file = path.join(own, name);
    // 40 x 24 pixels
    fs.writeFileSync(
      file,
      blockJpeg(
        40,
        24,
        Array.from({ length: 15 }, (_, i) => [16 * i]),
        before,
      ),
    );
    return file;
  };
  const turned = jpeg('turned.jpg', exifSegment(tiffBytes([[0x0112, 3, 6]], [[0xa405, 3, 26]])));
  const plain = jpeg('plain.jpg');
  const boxes = path.join(own, 'boxes.json');
  // upright it is 24 x 40: this box would be beyond the picture as it is stored
  writeJson(boxes, { [turned]: { box: [2, 18, 16, 20] }, 'plain.jpg': { box: [2, 2, 16, 20] } });
  const diagonal = Math.hypot(40, 24);
  const cases: [string | undefined, number, number][] = [
    [undefined, (26 / Math.hypot(24, 36)) * diagonal, diagonal],
    ['52mm', (52 / Math.hypot(24, 36)) * diagonal, (52 / Math.hypot(24, 36)) * diagonal],
    ['70.5px', 70.5, 70.5],
  ];
  for (const [focalLength, ...expected] of cases) {
    const results = await predictPictures(folder, [turned, plain], { boxes, focalLength, out: own });
    assert.deepEqual(
      results.map(({ failure }) => failure),
      [undefined, undefined],
    );
    const [ofTurned, ofPlain] = ['turned', 'plain'].map((name) => readResult(own, name));
    assert.deepEqual(
      [ofTurned, ofPlain].map(({ camera }) => camera.focalLengthPixels.toFixed(9)),
      expected.map((v) => v.toFixed(9)),
    );
    assert.deepEqual([ofTurned.camera.width, ofTurned.camera.height, ofTurned.orientation], [24, 40, 6]);
    assert.deepEqual(ofTurned.camera.principalPointPixels, [12, 20]);
    const from = [ofTurned, ofPlain].map(({ camera }) => camera.focalLengthFrom);
    assert.deepEqual(from, focalLength ? ['option', 'option'] : ['exif', 'default']);
    const guessed = [ofTurned, ofPlain].map(({ warnings }) =>
      warnings.some((w: string) => w.startsWith('focalLength: ')),
    );
    assert.deepEqual(guessed, [false, focalLength === undefined]);
  }
});

test('names what is wrong with boxes, names and options', async (t) => {
  const { folder } = await trainedRun(t);
  const own = temporaryFolder(t);
  const [one, two] = [noisePng(own, 'one.png', 60, 50), noisePng(own, 'two.png', 60, 50)];
  const boxes = path.join(own, 'boxes.json');
  const box = '10,10,20,30';
  const rejected: [string[], object, RegExp][] = [
    [[one], {}, /^Error: give either --box .* or --boxes with a JSON file: there is no detector$/],
    [[one], { box, boxes }, /^Error: give either --box/],
    [[one, two], { box }, /^Error: --box is for one picture, but there are 2: use --boxes$/],
    ...['1,2,3', '1,2,3,0', '1,,3,4', 'a,2,3,4', '1,2,3,Infinity', '1,2,3,4,5'].map(
      (wrong): [string[], object, RegExp] => [
        [one],
        { box: wrong },
        new RegExp(`^Error: --box must be x,y,width,height in pixels, such as 120,80,300,400, but is ${wrong}$`),
      ],
    ),
    [[one], { boxes }, /boxes\.json: is not there$/],
    [[], { box }, /^Error: pictures must be at least one, but there is none$/],
    [
      [one, `${own}/sub/one.jpg`],
      { boxes },
      /^Error: pictures must have different names, .*one\.png and .*one\.jpg have one$/,
    ],
    [[one], { box, loss: 'srl' }, /loss must be one of xqt, gal-camera, but is srl$/],
    [[one], { box, seed: 9 }, /^Error: --seed must be one of 5, 1, but is 9$/],
    [[one], { box, seed: 1 }, /^Error: the run has no trained network with seed 1: train one first$/],
    ...['50', '0mm', '-3px', '1e3px', 'px'].map((focalLength): [string[], object, RegExp] => [
      [one],
      { box, focalLength },
      new RegExp(
        `^Error: --focal-length must be pixels, such as 3000px, or mm for .*, such as 50mm, but is ${focalLength}$`,
      ),
    ]),
  ];
  for (const [pictures, options, words] of rejected)
    await assert.rejects(predictPictures(folder, pictures, { ...options, out: own }), (error: Error) => {
      assert.match(String(error), words);
      return true;
    });

  writeJson(boxes, { 'one.png': { box: [1, 2, 3] } });
  await assert.rejects(
    predictPictures(folder, [one], { boxes, out: own }),
    /boxes\.json is not as expected:\n {2}one\.png/,
  );
  const failures = async (places: object, options: object = {}) => {
    writeJson(boxes, places);
    return (await predictPictures(folder, [one, two], { boxes, out: own, ...options })).map(
      ({ failure }) => failure ?? '',
    );
  };
  const good = { box: [10, 10, 20, 30] };
  const [ofOne, ofTwo] = await failures({ 'one.png': good });
  assert.equal(ofOne, '');
  assert.equal(ofTwo, `${two}: ${boxes} must say where the head is, but has no two.png`);
  for (const beyond of [
    [-30, 10, 20, 30],
    [10, 50, 20, 30],
    [-50, 10, 130, 30],
    [10, -40, 20, 110],
  ]) {
    const [failure, other] = await failures({ 'one.png': { box: beyond }, 'two.png': good });
    assert.equal(
      failure,
      `${one}: box must have its middle in the upright picture of 60 x 50 pixels and be at most twice as large, but is ${beyond}`,
    );
    assert.equal(other, '');
  }
  const [wide] = await failures({ 'one.png': { box: [0, 15, 60, 60] }, 'two.png': good }, { focalLength: '5px' });
  assert.match(
    wide,
    /one\.png: box is too large for the focal length of 5 px: around it the camera sees at right angles$/,
  );
  // the made-up model has no landmarks
  const [landmarks] = await failures({ 'one.png': { landmarks: { menton: [1, 2] } }, 'two.png': good });
  assert.equal(landmarks, `${one}: landmarks must be of a run on the embedded population: for others give a box`);
});
