import { type Axis, type Caption, type CurvePanel, curvesFigure, type Figure } from 'lib/figures';
import type { ModelMetric } from './model-metrics';

/** The metrics of one model; those that all models lack have no panel. */
export interface ModelMetrics {
  /** Of the model, such as where its heads come from. */
  name: string;
  compactness?: ModelMetric;
  generalization?: ModelMetric;
  specificity?: ModelMetric;
}

const PANELS = [
  ['compactness', { label: 'variance explained', unit: '%', fromZero: true }],
  ['generalization', { label: 'error of unseen heads', unit: 'mm', fromZero: true }],
  ['specificity', { label: 'random head to nearest', unit: 'mm', fromZero: true }],
] as const satisfies readonly [string, Axis][];

/**
 * Compactness, generalization and specificity of models over the number of components, each in a panel of its own.
 *
 * Bands are plus and minus one standard error.
 *
 * @throws {RangeError} when there is no model, or none has a metric
 */
export function metricsFigure(caption: Caption, models: readonly ModelMetrics[]): Figure {
  const panels: CurvePanel[] = PANELS.flatMap(([metric, y]) => {
    // compactness is a share
    const scale = y.unit === '%' ? 100 : 1;
    const series = models.flatMap((model) => {
      const { [metric]: found, name } = model;
      if (!found) return [];
      const end = (sign: number) => found.value.map((value, i) => scale * (value + sign * found.standardError[i]));
      return [{ name, x: found.components, y: end(0), band: { low: end(-1), high: end(1) } }];
    });
    return series.length > 0 ? [{ name: metric, y, series }] : [];
  });
  if (panels.length === 0) throw new RangeError(`models of "${caption.title}" must have metrics, but have none`);
  return curvesFigure({ ...caption, x: { label: 'components' }, panels });
}
