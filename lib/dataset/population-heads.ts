import { headPopulation, sampleHead } from 'lib/population';
import type { HeadSource } from './head-source';

/** Heads of the embedded population, whole: their shape is their surface, from the crown to the neck. */
export function populationHeads(): HeadSource {
  const population = headPopulation();
  const { points, triangles, mirror } = population.template;
  return {
    name: 'population',
    shapePoints: points.shape[0],
    headPoints: points.shape[0],
    shapeTriangles: triangles,
    mirror,
    surfaceTriangles: triangles.data,
    closed: true,
    sample: (random) => sampleHead(population, random),
  };
}
