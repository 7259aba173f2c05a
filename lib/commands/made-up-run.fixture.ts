import path from 'node:path';
import type { TestContext } from 'node:test';
import { writeDataset } from 'lib/dataset';
import { type Profile, runFiles, SPLITS } from 'lib/experiment';
import { writeJson } from 'lib/files';
import { instance, writeMorphableModel } from 'lib/morphable-model';
import { createRandom } from 'lib/random';
import { madeUpDataset } from '../dataset/dataset.fixture';
import { TINY } from '../experiment/profile.fixture';
import { temporaryFolder } from '../files/temporary-folder.fixture';
import { knownModel } from '../morphable-model/known-model.fixture';

/** A run's folder with a made-up model and pictures of noise, ready to train: no head is drawn or rendered. */
export async function madeUpRun(t: TestContext, given: Partial<Profile> = {}) {
  const folder = temporaryFolder(t);
  const profile: Profile = { ...TINY, imageSize: 16, lossPoints: 10, ...given };
  const files = runFiles(folder);
  const model = knownModel(30, [1, 0.5, 0.25]);
  writeJson(path.join(folder, 'run.json'), { profile, heads: { source: 'population' } });
  await writeMorphableModel(files.model, model);
  for (const split of SPLITS) {
    const random = createRandom(split);
    const shapes = Array.from({ length: profile.subjects[split] }, () => {
      const shape = instance(model, [random.normal(), random.normal(), random.normal()]).data;
      // beyond the components too, as a held-out head is
      return shape.map((v) => v + 0.05 * random.normal());
    });
    const images = profile.subjects[split] * profile.viewsPerSubject[split];
    writeDataset(files.dataset(split), madeUpDataset(shapes, { images, imageSize: profile.imageSize, seed: split }));
  }
  return { folder, profile, files, model };
}
