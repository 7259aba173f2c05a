import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { openDataset } from 'lib/dataset';
import { meanErrors, meanPose, reconstructionErrors, validationScore } from 'lib/evaluation';
import { type Profile, readSearch, readSummary } from 'lib/experiment';
import { writeJson } from 'lib/files';
import { createRandom } from 'lib/random';
import {
  balancedWeights,
  cosineDecay,
  objectives,
  predictAll,
  readTrainingRun,
  reconstructionNetwork,
  startingTermScales,
  train,
} from 'lib/training';
import { evaluate, evaluateFloors } from './evaluate';
import { madeUpRun } from './made-up-run.fixture';
import { summarize } from './summarize';
import { trainLoss } from './train';
import { tuneLoss } from './tune';

const GIVEN: Partial<Profile> = {
  // all of the model's points
  lossPoints: 30,
  training: { steps: 7, batchSize: 2, learningRate: 0.001, seeds: [1] },
  losses: [{ name: 'coarse' }, { name: 'xqt' }],
  search: { trials: 3, stepsShare: 0.5, learningRate: [0.001, 0.01] },
};

test('a search of XQT’s weights', async (t) => {
  const { folder, files, profile, model } = await madeUpRun(t, GIVEN);
  const own = files.search('xqt');
  await tuneLoss(folder, 'xqt');
  const found = readSearch(own.result);
  const [dataset, validation] = [openDataset(files.dataset('train')), openDataset(files.dataset('validation'))];

  await t.test('has bounds a tenth and ten times the weights that balance the terms', () => {
    const { beta, gamma } = balancedWeights(startingTermScales(dataset, model));
    assert.deepEqual(found.balancedWeights, { beta, gamma });
    assert.deepEqual(found.bounds, {
      beta: [beta / 10, beta * 10],
      gamma: [gamma / 10, gamma * 10],
      learningRate: [0.001, 0.01],
    });
    assert.deepEqual([found.loss, found.seed, found.steps, found.lost], ['xqt', profile.seed, 4, 0]);
    assert.match(found.sampler, /TPESampler/);
  });

  await t.test('scores each trial by a short training with the run’s seed, on validation', async () => {
    const pose = meanPose(dataset);
    const blind = Array.from(validation.subjects, () => ({ coefficients: new Float32Array(0), pose }));
    assert.equal(found.trials.length, 3);
    for (const trial of found.trials) {
      const { beta, gamma, learningRate } = trial.parameters;
      const random = createRandom(profile.seed).fork('training');
      const network = reconstructionNetwork(model, { ...profile.network, imageSize: 16 }, random.fork('network'));
      await train(network, {
        dataset,
        objective: objectives.xqt(beta, gamma),
        steps: 4,
        batchSize: 2,
        learningRate: cosineDecay(learningRate, 4),
        random: random.fork('steps'),
      });
      const [errors, floor] = [await predictAll(network, validation), blind].map((predictions) =>
        meanErrors(reconstructionErrors(validation, model, predictions)),
      );
      network.dispose();
      assert.equal(trial.state === 'complete' && trial.score, validationScore(errors, floor));
    }
    const scores = found.trials.map((trial) => (trial.state === 'complete' ? trial.score : Number.NaN));
    assert.equal(new Set(scores).size, 3);
    assert.equal(found.best.score, Math.min(...scores));
    assert.deepEqual(found.best, found.trials[found.best.trial]);
  });

  await t.test('is not made again, but for a run of other numbers, and goes on for more trials', async () => {
    const tuneWith = async (given: Partial<Profile>) => {
      writeJson(path.join(folder, 'run.json'), {
        profile: { ...profile, ...given },
        heads: { source: 'population' },
      });
      await tuneLoss(folder, 'xqt');
      return readSearch(own.result);
    };
    fs.renameSync(own.journal, `${own.journal}.away`);
    assert.deepEqual(await tuneWith({ description: 'another' }), found);
    assert.equal(fs.existsSync(own.journal), false);
    fs.renameSync(`${own.journal}.away`, own.journal);
    const other = await tuneWith({ training: { ...profile.training, batchSize: 3 } });
    assert.equal(other.trials.length, 3);
    assert.notEqual(other.best.score, found.best.score);
    const search = { ...GIVEN.search, trials: 4 } as Profile['search'];
    const more = await tuneWith({ search });
    assert.deepEqual(more.trials.slice(0, 3), found.trials);
    assert.equal(more.trials.length, 4);
  });
});

test('a training has the weights and the learning rate that its search found, and its cost counts the search', async (t) => {
  const { folder, files } = await madeUpRun(t, { ...GIVEN, losses: [{ name: 'xqt' }] });
  const asksForIt = /xqt\.json is not there: run "reconstruct tune --run .* --loss xqt" first/;
  await assert.rejects(trainLoss(folder, 'xqt', 1), asksForIt);
  await tuneLoss(folder, 'xqt');
  await trainLoss(folder, 'xqt', 1);
  const { best, trials } = readSearch(files.search('xqt').result);
  const { beta, gamma, learningRate } = best.parameters;
  const { config } = readTrainingRun(files.training({ name: 'xqt' }, 1).folder);
  assert.deepEqual(config.loss.settings, { beta, gamma });
  assert.equal(config.learningRate, learningRate);
  await evaluate(folder, 'xqt', 1);
  await evaluateFloors(folder);
  summarize(folder);
  const [{ search, seeds }] = readSummary(files.summary).rows;
  assert.deepEqual(seeds[0].weights, { beta, gamma });
  assert.equal(search?.trials, 3);
  const seconds = trials.reduce((sum, trial) => sum + trial.seconds, 0);
  assert.ok(seconds > 0.05 && Math.abs(search.seconds - seconds) <= 0.051, `${search.seconds} for ${seconds}`);
});

test('a profile without a search has none to make', async (t) => {
  const { folder } = await madeUpRun(t);
  await assert.rejects(tuneLoss(folder, 'xqt'), /run\.json: profile\.search must say how many trials/);
});

test('a worker makes trials and writes nothing; who searches after it makes none', async (t) => {
  const { folder, files } = await madeUpRun(t, GIVEN);
  const { journal, result } = files.search('coarse');
  const program = path.join(__dirname, 'reconstruct.mjs');
  const run = (...args: string[]) =>
    spawnSync(process.execPath, [program, 'tune', '--run', folder, '--loss', ...args], { encoding: 'utf8' });
  const database = `sqlite:///${path.join(folder, 'trials')}`;
  const elsewhere = run('coarse', '--worker', '2', '--storage', database);
  assert.match(elsewhere.stderr, /Coarse: search 2\/3/);
  assert.ok(!fs.existsSync(journal) && fs.existsSync(path.join(folder, 'trials')));
  const worker = run('coarse', '--worker');
  assert.equal(worker.status, 0, worker.stderr);
  assert.match(worker.stderr, /Coarse: search 3\/3 .* best score \d/);
  assert.equal(fs.existsSync(result), false);
  const begun = () => fs.readFileSync(journal, 'utf8').match(/"op_code":4,/g)?.length;
  assert.equal(begun(), 3);
  await tuneLoss(folder, 'coarse');
  assert.equal(begun(), 3);
  const { trials, balancedWeights } = readSearch(result);
  assert.deepEqual([trials.length, Object.keys(balancedWeights)], [3, ['alpha']]);
  assert.ok(trials.every(({ parameters }) => Object.keys(parameters).sort().join() === 'alpha,learningRate'));

  const refused = run('srl');
  assert.equal(refused.status, 1);
  assert.match(refused.stderr, /reconstruct: loss must be one of coarse, xqt, which have weights, but is srl/);
});

test('a search without any score is an error with the reason, and writes nothing', async (t) => {
  const search: Profile['search'] = { trials: 2, stepsShare: 1, learningRate: [1e20, 1e21] };
  const { folder, files } = await madeUpRun(t, { ...GIVEN, search });
  await assert.rejects(
    tuneLoss(folder, 'xqt'),
    /none of the 2 trials of xqt has a score; the first failed: .*(NaN|finite|zero|quaternion)/,
  );
  assert.equal(fs.existsSync(files.search('xqt').result), false);
});
