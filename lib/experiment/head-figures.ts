import {
  type HeadSource,
  lampHarmonics,
  type PictureLight,
  type PictureSurface,
  pictureBuffers,
  renderPicture,
  shapeOfHead,
} from 'lib/dataset';
import { type Figure, type Picture, picturesFigure } from 'lib/figures';
import { alignRigid, quaternionFromAxisAngle, rotate, rotationMatrix, transformPoints } from 'lib/geometry';
import { type TriangleMesh, triangleMesh, vertexNormals } from 'lib/mesh';
import { instance, type MorphableModel } from 'lib/morphable-model';
import type { Random } from 'lib/random';
import type { NdArray } from 'ndarray';

/** From where a portrait is taken: degrees around the head from its front; 90 shows the subject's right side. */
const DIRECTIONS = [
  { name: 'front', degrees: 0 },
  { name: '¾', degrees: 40 },
  { name: 'side', degrees: 90 },
];
const PORTRAIT_SIZE = 224;
const COMPONENTS_SHOWN = 4;

/** A studio: soft light from everywhere, one lamp above the camera's left. */
const STUDIO: PictureLight = {
  harmonics: [...lampHarmonics([0, 1, 0]).entries()].flatMap(([k, v]) => {
    const around = (k === 0 ? 1.1 : 0) + 0.12 * v;
    return [around, around, around];
  }),
  lamp: { direction: [0.5, 0.6, -0.62], colour: [0.62, 0.6, 0.57], specular: 0.05 },
};

/** A portrait of a surface in the model frame, from a distance of 75 cm. */
export function portrait(surface: Omit<PictureSurface, 'normals'>, degrees: number, caption: string): Picture {
  const turn = quaternionFromAxisAngle([0, 1, 0], (-degrees * Math.PI) / 180);
  const normals = vertexNormals(triangleMesh(surface.points, surface.triangles)).data;
  const pixels = renderPicture(
    { ...surface, normals },
    {
      rotation: rotationMatrix(turn),
      centre: rotate(turn, [0, 0, -75]),
      focalLengthPixels: 2.35 * PORTRAIT_SIZE,
      size: PORTRAIT_SIZE,
    },
    STUDIO,
    { background: [0.16, 0.17, 0.19], supersample: 3, buffers: pictureBuffers() },
  );
  return { caption, pixels, width: PORTRAIT_SIZE, height: PORTRAIT_SIZE };
}

/**
 * Heads of a source as portraits, each from the front, at three quarters and from the side.
 *
 * @param randoms  one generator for each head, never chosen by its result
 * @param mean     the heads are aligned to it
 */
export function headsFigure(source: HeadSource, randoms: Random[], mean: NdArray<Float32Array>): Figure {
  const pictures = randoms.flatMap((random, i) => {
    const head = source.sample(random);
    const points = transformPoints(head.points, alignRigid(shapeOfHead(head, source), mean)).data;
    return DIRECTIONS.map(({ name, degrees }) =>
      portrait({ ...head, points, triangles: source.surfaceTriangles }, degrees, `head ${i + 1}, ${name}`),
    );
  });
  return picturesFigure({
    title: `${randoms.length} heads that the network never saw`,
    howToRead: 'The first subjects of the test split, as they come: three views of each.',
    pictures,
    columns: 6,
  });
}

/** The mean head and what the first components change, as clay: each at minus and plus 2.5 standard deviations. */
export function componentsFigure(model: MorphableModel): Figure {
  const triangles = model.triangles.data;
  const clay = new Float32Array(model.mean.data.length).fill(0.5);
  const picture = (coefficients: number[], degrees: number, caption: string) =>
    portrait({ points: instance(model, coefficients).data, triangles, albedo: clay }, degrees, caption);
  const rows = Array.from({ length: Math.min(COMPONENTS_SHOWN, model.variances.length) }, (_, k) =>
    [-2.5, 2.5].flatMap((amount) => {
      const coefficients = Array.from({ length: k + 1 }, (_, i) => (i === k ? amount : 0));
      const sign = amount < 0 ? '−' : '+';
      return [0, 60].map((degrees) => picture(coefficients, degrees, `component ${k + 1}, ${sign}2.5 sd`));
    }),
  );
  return picturesFigure({
    title: 'What the first components change',
    howToRead:
      'Each row is one component: the mean head less and plus 2.5 standard deviations, from the front and at 60 degrees.',
    pictures: rows.flat(),
    columns: 4,
  });
}

/** The mean head as a surface. */
export const meanMesh = (model: MorphableModel): TriangleMesh => ({ points: model.mean, triangles: model.triangles });
