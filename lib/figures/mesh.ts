import type { TriangleMesh } from 'lib/mesh';
import type { NdArray } from 'ndarray';
import type { Caption, Figure } from './figure';
import { clay, seriesColour } from './palette';
import { asTrace, checkPanels, column, corners, numbered, sceneLayout, shading, type View } from './scene';

/** One surface of a mesh figure. */
export interface MeshPanel {
  /** Stands above the surface; needed where there are several. */
  name?: string;
  mesh: TriangleMesh;
  /** [3 points] sRGB bytes, one colour a point; clay where left out. */
  vertexColours?: Uint8Array;
  /** [landmarks, 3] cm, drawn as dots */
  landmarks?: NdArray<Float32Array>;
}

/** What a mesh figure shows. */
export interface MeshOptions extends Caption {
  panels: MeshPanel[];
  view?: View;
  /** Shows the axes with centimetres. */
  axes?: boolean;
}

/**
 * Surfaces with light and shade, side by side in one scale, seen from the front: the camera on -z, +y up.
 *
 * @throws {RangeError} when there is no panel, or the colours do not fit the points
 */
export function meshFigure(options: MeshOptions): Figure {
  const { title, howToRead, panels, view = 'front', axes = false } = options;
  checkPanels(title, panels);
  const data = panels.flatMap((panel, index) => {
    const { mesh, landmarks } = panel;
    const scene = numbered('scene', index);
    const colour = panel.vertexColours ? { vertexcolor: hexColours(panel, index) } : { color: clay };
    const position = { x: column(mesh.points, 0), y: column(mesh.points, 1), z: column(mesh.points, 2) };
    const surface = { type: 'mesh3d', scene, ...position, ...corners(mesh), ...colour, ...shading, hoverinfo: 'skip' };
    if (!landmarks) return [asTrace(surface)];
    const marks = {
      type: 'scatter3d',
      scene,
      mode: 'markers',
      x: column(landmarks, 0),
      y: column(landmarks, 1),
      z: column(landmarks, 2),
      marker: { size: 4, color: seriesColour(1) },
      hovertemplate: 'landmark %{pointNumber}<br>(%{x:.2f}, %{y:.2f}, %{z:.2f}) cm<extra></extra>',
    };
    return [asTrace(surface), asTrace(marks)];
  });
  const scenes = panels.map(({ name, mesh, landmarks }) => ({
    name,
    points: landmarks ? [mesh.points, landmarks] : [mesh.points],
  }));
  const layout = (columns: number, panelHeight: number) =>
    sceneLayout(scenes, Math.min(columns, panels.length), { view, axes, panelHeight });
  const alternative = options.alternative ?? `${panels.map(describe).join('; ')}. View: ${view}.`;
  const body = { kind: 'plot' as const, data, layout: layout(4, 380), narrowLayout: layout(2, 260) };
  return { title, howToRead, alternative, body };
}

function describe({ name, mesh, landmarks }: MeshPanel): string {
  const counts = `a surface of ${mesh.points.shape[0]} points and ${mesh.triangles.shape[0]} triangles`;
  const marks = landmarks ? ` with ${landmarks.shape[0]} landmarks` : '';
  return `${name ? `${name}: ` : ''}${counts}${marks}`;
}

function hexColours({ mesh, vertexColours: rgb = new Uint8Array() }: MeshPanel, panel: number): string[] {
  const count = mesh.points.shape[0];
  if (rgb.length !== 3 * count)
    throw new RangeError(`vertexColours of panel ${panel} must hold 3 x ${count} bytes, but hold ${rgb.length}`);
  const hex = Buffer.from(rgb.buffer, rgb.byteOffset, rgb.byteLength).toString('hex');
  return Array.from({ length: count }, (_, point) => `#${hex.slice(6 * point, 6 * point + 6)}`);
}
