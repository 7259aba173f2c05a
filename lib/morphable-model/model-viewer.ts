import { type Caption, type Figure, morphFigure, show } from 'lib/figures';
import { triangleMesh } from 'lib/mesh';
import type { MorphableModel } from './morphable-model';

/** What a figure of a model's components may say and show. */
export interface ModelViewerOptions extends Partial<Caption> {
  /** How many of the first components get a slider; 10, or all where there are fewer, when left out. */
  components?: number;
}

/** A slider's ends, standard deviations: 99.7 % of heads lie between. */
const RANGE = 3;

/**
 * The model's mean head under sliders: each moves it along one component, and colour says how far that component moves a
 * point, in mm per standard deviation (SD).
 *
 * @throws {RangeError} when the model does not have so many components
 */
export function modelFigure(model: MorphableModel, options: ModelViewerOptions = {}): Figure {
  const { mean, components, variances, triangles } = model;
  const { components: count = Math.min(10, variances.length) } = options;
  if (!(Number.isInteger(count) && count >= 1 && count <= variances.length))
    throw new RangeError(`components must be from 1 to the model's ${variances.length}, but are ${count}`);
  const size = mean.data.length;
  const directions = Array.from({ length: count }, (_, k) => ({
    name: `component ${k + 1}`,
    displacement: components.data.subarray(k * size, (k + 1) * size).map((value) => Math.sqrt(variances[k]) * value),
  }));
  return morphFigure({
    title: options.title ?? 'The head along the model’s components',
    howToRead:
      options.howToRead ??
      'Move a slider: 0 is the mean head, two heads of three lie within 1 SD of it. Bright is where the component moves the surface most.',
    alternative: options.alternative,
    mesh: triangleMesh(mean, triangles),
    directions,
    unit: 'SD',
    range: RANGE,
  });
}

/** Shows `modelFigure` to whoever runs this code. */
export const showModel = (model: MorphableModel, options: ModelViewerOptions = {}): void =>
  show(modelFigure(model, options));
