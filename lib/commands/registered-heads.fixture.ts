import { type Profile, runFiles, SPLITS, subjectRandom } from 'lib/experiment';
import { writeJson } from 'lib/files';
import { normalizeQuaternion, type Pose, transformPoints } from 'lib/geometry';
import { writeMesh } from 'lib/mesh';
import { headPopulation, sampleHead } from 'lib/population';
import { headFile, type RegistrationResult, resultFile } from './register';
import { subjectName, truthFile, writeTruth } from './scan';

/** What a scanner and a registration without any error would leave: true heads, each in a frame of its scan. */
export function writeRegisteredHeads(folder: string, profile: Profile, failing: string[] = []): void {
  const files = runFiles(folder);
  const population = headPopulation();
  for (const split of SPLITS)
    for (let subject = 0; subject < profile.subjects[split]; subject++) {
      const random = subjectRandom(profile, split, subject);
      const name = subjectName(subject);
      const scanFromModel = anyPose(random.fork('pose of the scan').normal);
      const points = transformPoints(sampleHead(population, random).points, scanFromModel);
      const visible = Uint8Array.from({ length: points.shape[0] }, (_, n) => (n % 10 === 0 ? 0 : 1));
      writeTruth(truthFile(files.truth(split), name), { scanFromModel, points, visible }, random);
      writeMesh(headFile(files.registered(split), name), { points, triangles: population.template.triangles });
      const result: RegistrationResult = {
        scan: name,
        madeFrom: 'a fixture',
        quality: {
          surfaceErrorMillimetres: 0,
          landmarkErrorMillimetres: 0,
          rejectedShare: 0,
          flippedTriangles: 0,
          iterations: 1,
        },
        ...(failing.includes(`${split} ${name}`) ? { failure: 'it was told to fail' } : {}),
      };
      writeJson(resultFile(files.registered(split), name), result);
    }
}

const anyPose = (normal: () => number): Pose => ({
  rotation: normalizeQuaternion([normal(), normal(), normal(), normal()]),
  translation: [20 * normal(), 20 * normal(), 20 * normal()],
});
