import { type TriangleMesh, triangleMesh } from 'lib/mesh';
import { headPopulation, type Landmarks } from 'lib/population';

/** The head that every scan gets: halfway between the mean woman and the mean man of the population, with named landmarks. */
export function templateHead(): { mesh: TriangleMesh; landmarks: Landmarks } {
  const { template, sexes } = headPopulation();
  const [man, woman] = [sexes.man.mean.data, sexes.woman.mean.data];
  return {
    mesh: triangleMesh(
      man.map((v, i) => (v + woman[i]) / 2),
      template.triangles.data,
    ),
    landmarks: template.landmarks,
  };
}
