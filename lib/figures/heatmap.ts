import type { TriangleMesh } from 'lib/mesh';
import { escapePlotText } from './escape';
import type { Caption, Figure } from './figure';
import { labelWithUnit, numberText, summary } from './number-text';
import { errorScale, missingColour } from './palette';
import { asTrace, checkPanels, column, corners, numbered, sceneLayout, shading, type View } from './scene';

/** One surface of a heatmap. */
export interface HeatmapPanel {
  name: string;
  mesh: TriangleMesh;
  /** [points]; where a point has none (NaN) the surface is grey. */
  values: ArrayLike<number>;
}

/** What a heatmap shows. */
export interface HeatmapOptions extends Caption {
  panels: HeatmapPanel[];
  /** What the values are; an error in mm when left out. */
  quantity?: { label: string; unit: string };
  /** Where the scale ends; larger values have its last colour. The largest value of all panels by default. */
  maximum?: number;
  view?: View;
}

/**
 * A value that is not negative, such as an error, at each point of a surface as its colour, with one scale for all panels.
 *
 * @throws {RangeError} when there is no panel, or an array of values does not fit its mesh
 */
export function heatmapFigure(options: HeatmapOptions): Figure {
  const { title, howToRead, panels, view = 'front', quantity = { label: 'error', unit: 'mm' } } = options;
  checkPanels(title, panels);
  for (const { name, mesh, values } of panels)
    if (values.length !== mesh.points.shape[0])
      throw new RangeError(
        `values of "${name}" must hold one number for each of ${mesh.points.shape[0]} points, but holds ${values.length}`,
      );
  const summaries = panels.map(({ values }) => summary(Array.from(values)));
  const largest = Math.max(...summaries.map(({ high }) => (Number.isFinite(high) ? high : 0)));
  // a scale from 0 to 0 has no colours: surfaces without any value get one that ends at 1
  const maximum = options.maximum ?? (largest > 0 ? largest : 1);
  if (!(maximum > 0)) throw new RangeError(`maximum must be positive, but is ${maximum}`);
  const clipped = maximum < largest;

  const scenes = panels.map(({ name, mesh }) => ({ name, points: [mesh.points] }));
  const label = escapePlotText(labelWithUnit(quantity.label, quantity.unit));
  const barText = clipped ? `${label}, ${numberText(maximum, 1)} or more at the end` : label;
  const layout = (columns: number, panelHeight: number, bar: object, margin: object) => ({
    ...sceneLayout(scenes, Math.min(columns, panels.length), { view, axes: false, panelHeight }),
    margin: { l: 0, r: 0, t: 0, b: 0, ...margin },
    coloraxis: { colorscale: errorScale, cmin: 0, cmax: maximum, colorbar: bar },
  });
  const besides = { thickness: 12, len: 0.8, title: { text: barText, side: 'right' } };
  const below = {
    orientation: 'h',
    thickness: 10,
    len: 0.8,
    y: 0,
    yanchor: 'top',
    title: { text: barText, side: 'top' },
  };
  const body = {
    kind: 'plot' as const,
    data: panels.flatMap((panel, index) => traces(panel, index, quantity.unit)),
    layout: layout(4, 380, besides, { r: 84 }),
    narrowLayout: layout(2, 240, below, { b: 64 }),
  };
  const words = panels.map(({ name }, index) => describe(name, summaries[index], quantity.unit));
  const alternative =
    options.alternative ??
    `Colour: ${quantity.label}. ${words.join('; ')}. Scale: 0 to ${numberText(maximum, 2)} ${quantity.unit}.`;
  return { title, howToRead, alternative, body };
}

function describe(name: string, { count, finite, mean, high }: ReturnType<typeof summary>, unit: string): string {
  const missing = finite < count ? `, n/a at ${count - finite} of ${count} points` : '';
  return `${name}: mean ${numberText(mean, 2)} ${unit}, largest ${numberText(high, 2)} ${unit}${missing}`;
}

/** Shade changes lightness, which here means the value: only as much of it as shows the form. */
const faint = { ambient: 0.8, diffuse: 0.2, specular: 0, roughness: 1, fresnel: 0 };

/** The coloured surface and, in grey, the triangles with a point that has no value: WebGL has no colour for NaN. */
function traces({ name, mesh, values }: HeatmapPanel, index: number, unit: string) {
  const known = (triangle: number) =>
    [0, 1, 2].every((corner) => Number.isFinite(values[mesh.triangles.get(triangle, corner)]));
  const scene = numbered('scene', index);
  const position = { x: column(mesh.points, 0), y: column(mesh.points, 1), z: column(mesh.points, 2) };
  const surface = { type: 'mesh3d', name, scene, ...position, ...shading, lighting: faint };
  const coloured = {
    ...surface,
    ...corners(mesh, known),
    intensity: Float32Array.from(values, (value) => (Number.isFinite(value) ? value : 0)),
    coloraxis: 'coloraxis',
    hovertemplate: `%{intensity:.2f} ${escapePlotText(unit)}<extra></extra>`,
  };
  const grey = {
    ...surface,
    ...corners(mesh, (t) => !known(t)),
    color: missingColour,
    hovertemplate: 'n/a<extra></extra>',
  };
  return [coloured, grey].filter(({ i }) => i.length > 0).map(asTrace);
}
