import type { TriangleMesh } from 'lib/mesh';
import type { Caption, Figure } from './figure';
import { numberText, summary } from './number-text';
import { errorScale, missingColour } from './palette';
import { asTrace, checkPanels, column, corners, numbered, sceneLayout, shading, type View } from './scene';

/** One surface of a heatmap. */
export interface HeatmapPanel {
  name: string;
  mesh: TriangleMesh;
  /** [points] mm; where a point has no error (NaN) the surface is grey. */
  errorMillimetres: ArrayLike<number>;
}

/** What a heatmap shows. */
export interface HeatmapOptions extends Caption {
  panels: HeatmapPanel[];
  /** Where the scale ends, in mm; larger errors have its last colour. The largest error of all panels by default. */
  maximumMillimetres?: number;
  view?: View;
}

/**
 * The error at each point of a surface as its colour, with one scale in millimetres for all panels.
 *
 * @throws {RangeError} when there is no panel, or an error array does not fit its mesh
 */
export function heatmapFigure(options: HeatmapOptions): Figure {
  const { title, howToRead, panels, view = 'front' } = options;
  checkPanels(title, panels);
  for (const { name, mesh, errorMillimetres } of panels)
    if (errorMillimetres.length !== mesh.points.shape[0])
      throw new RangeError(
        `errorMillimetres of "${name}" must hold one number for each of ${mesh.points.shape[0]} points, but holds ${errorMillimetres.length}`,
      );
  const summaries = panels.map(({ errorMillimetres }) => summary(Array.from(errorMillimetres)));
  const largest = Math.max(...summaries.map(({ high }) => (Number.isFinite(high) ? high : 0)));
  // a scale from 0 to 0 has no colours: surfaces without any error get one that ends at 1 mm
  const maximum = options.maximumMillimetres ?? (largest > 0 ? largest : 1);
  if (!(maximum > 0)) throw new RangeError(`maximumMillimetres must be positive, but is ${maximum}`);
  const clipped = maximum < largest;

  const scenes = panels.map(({ name, mesh }) => ({ name, points: [mesh.points] }));
  const barText = clipped ? `error (mm), ${numberText(maximum, 1)} or more at the end` : 'error (mm)';
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
    data: panels.flatMap(traces),
    layout: layout(4, 380, besides, { r: 84 }),
    narrowLayout: layout(2, 240, below, { b: 64 }),
  };
  const words = panels.map(({ name }, index) => describe(name, summaries[index]));
  const alternative = options.alternative ?? `${words.join('; ')}. Scale: 0 to ${numberText(maximum, 2)} mm.`;
  return { title, howToRead, alternative, body };
}

function describe(name: string, { count, finite, mean, high }: ReturnType<typeof summary>): string {
  const missing = finite < count ? `, n/a at ${count - finite} of ${count} points` : '';
  return `${name}: mean ${numberText(mean, 2)} mm, largest ${numberText(high, 2)} mm${missing}`;
}

/** Shade changes lightness, which here means error: only as much of it as shows the form. */
const faint = { ambient: 0.8, diffuse: 0.2, specular: 0, roughness: 1, fresnel: 0 };

/** The coloured surface and, in grey, the triangles with a point that has no error: WebGL has no colour for NaN. */
function traces({ name, mesh, errorMillimetres }: HeatmapPanel, index: number) {
  const known = (triangle: number) =>
    [0, 1, 2].every((corner) => Number.isFinite(errorMillimetres[mesh.triangles.get(triangle, corner)]));
  const scene = numbered('scene', index);
  const position = { x: column(mesh.points, 0), y: column(mesh.points, 1), z: column(mesh.points, 2) };
  const surface = { type: 'mesh3d', name, scene, ...position, ...shading, lighting: faint };
  const coloured = {
    ...surface,
    ...corners(mesh, known),
    intensity: Float32Array.from(errorMillimetres, (error) => (Number.isFinite(error) ? error : 0)),
    coloraxis: 'coloraxis',
    hovertemplate: '%{intensity:.2f} mm<extra></extra>',
  };
  const grey = {
    ...surface,
    ...corners(mesh, (t) => !known(t)),
    color: missingColour,
    hovertemplate: 'n/a<extra></extra>',
  };
  return [coloured, grey].filter(({ i }) => i.length > 0).map(asTrace);
}
