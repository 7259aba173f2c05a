import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { FIRST_IDENTITY, ictProblem, type RegistrationProblem, registrationErrors } from './ict-problem.fixture';
import { registerNonrigid } from './register-nonrigid';
import { otherFace, scanOf, template } from './relief.fixture';

const FOLDER = process.env.ICT_FACEKIT;
const PROBLEM = path.join(os.tmpdir(), `registration-problem-${process.pid}`);

/**
 * One registration, with its errors; environment/bench/trimesh_registration.py is the other side, on the same problem, which this
 * side writes. With ICT_FACEKIT it is a head of ICT-FaceKit (see `ictProblem`), without it a small relief.
 */
export const benches = [
  {
    name: FOLDER ? 'registration ICT-FaceKit' : 'registration relief (ICT_FACEKIT is not set)',
    unit: 'ms a registration',
    peers: [{ name: 'trimesh nricp_amberg', script: 'trimesh_registration.py', args: [PROBLEM] }],
    block: 1,
    rounds: 1,
    start() {
      const problem = FOLDER
        ? ictProblem(FOLDER, 'bench', FIRST_IDENTITY)
        : { template: template(), ...scanOf(otherFace) };
      writeProblem(PROBLEM, problem);
      process.on('exit', () => fs.rmSync(PROBLEM, { recursive: true, force: true }));
      return async () => {
        const { points } = await registerNonrigid(problem.template, problem.scan);
        return Object.entries(registrationErrors(points, problem)).map(([name, value]) => ({
          name: `${name} error`,
          value,
          unit: 'mm',
        }));
      };
    },
  },
];

/** The arrays as they lie in memory: points as float32, triangles and landmarks as uint32. */
function writeProblem(folder: string, { template: own, scan, truth }: RegistrationProblem): void {
  fs.mkdirSync(folder, { recursive: true });
  const files = {
    'source.points': own.mesh.points.data,
    'source.triangles': own.mesh.triangles.data,
    'source.landmarks': Uint32Array.from(own.landmarks),
    'target.points': scan.mesh.points.data,
    'target.triangles': scan.mesh.triangles.data,
    'target.landmarks': scan.landmarks.data,
    'truth.points': truth.data,
  };
  for (const [name, data] of Object.entries(files))
    fs.writeFileSync(path.join(folder, name), new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
}
