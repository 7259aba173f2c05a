import type { TriangleMesh } from 'lib/mesh';
import type { Data, Layout } from 'plotly.js-dist-min';
import { escapePlotText } from './escape';

/** From where a head is seen. The face looks toward -z, +y is up, +x is the subject's right. */
export type View = 'front' | 'three-quarter' | 'right-side';

/**
 * From where the camera of plotly.js looks at the middle of a scene, as unit vectors.
 *
 * In front, on -z and with +y up, +x lies at the image's left, as in the pictures that the camera of `lib/geometry` takes.
 */
const directions: Record<View, [number, number, number]> = {
  front: [0, 0, -1],
  'three-quarter': [0.618, 0.118, -0.777],
  'right-side': [1, 0, 0],
};

/** One column of coordinates (0 is x) as plotly.js takes it. */
export function column(points: TriangleMesh['points'], axis: 0 | 1 | 2): Float32Array {
  return Float32Array.from({ length: points.shape[0] }, (_, row) => points.get(row, axis));
}

/** The corners of the triangles `keep` accepts, one array a corner, in the smallest type of number that can hold them. */
export function corners(mesh: TriangleMesh, keep: (triangle: number) => boolean = () => true) {
  const { triangles } = mesh;
  const rows = Array.from({ length: triangles.shape[0] }, (_, row) => row).filter(keep);
  const Indices = mesh.points.shape[0] <= 0x10000 ? Uint16Array : Uint32Array;
  const corner = (c: number) => new Indices(rows.map((row) => triangles.get(row, c)));
  return { i: corner(0), j: corner(1), k: corner(2) };
}

/**
 * Light from the upper left behind the camera, which stays there when a person turns the head.
 *
 * plotly.js takes the light's place in clip coordinates. There z = 1.00002 is at infinity (its planes are at 0.01 and
 * 1000); a little more is far behind the camera, where x and y change their signs. Its own default lights one side and
 * leaves the face dark. Ambient and diffuse sum to 1, so that no part of the surface is flat white.
 */
export const shading = {
  lighting: { ambient: 0.35, diffuse: 0.65, specular: 0.1, roughness: 0.5, fresnel: 0.05 },
  lightposition: { x: 0.7, y: -1, z: 1.001 },
  flatshading: false,
};

/** "scene", "scene2", ...: plotly.js counts from the second. */
export const numbered = (name: string, index: number): string => (index === 0 ? name : `${name}${index + 1}`);

/**
 * A layout of scenes side by side, all with one view and one extent in centimetres, so that sizes can be compared.
 *
 * @param panels   the name above each scene, and all points that it must hold
 * @param columns  scenes in a row
 */
export function sceneLayout(
  panels: readonly { name?: string; points: readonly TriangleMesh['points'][] }[],
  columns: number,
  options: { view: View; axes: boolean; panelHeight: number },
): Partial<Layout> {
  const rows = Math.ceil(panels.length / columns);
  const nameHeight = panels.some((panel) => panel.name) ? 24 : 0;
  const height = rows * (options.panelHeight + nameHeight);
  const ranges = extents(panels.flatMap(({ points }) => points));
  const sides = sidesOf(ranges);
  const distance = viewDistance(sides, options);
  const [x, y, z] = directions[options.view].map((part) => part * distance);
  const axis = (name: string, range: [number, number]) => ({
    range,
    visible: options.axes,
    title: { text: `${name} (cm)` },
    showspikes: false,
  });
  const layout: Record<string, unknown> = {
    height,
    margin: { l: 0, r: 0, t: 0, b: 0 },
    showlegend: false,
    annotations: [] as unknown[],
  };
  panels.forEach((panel, index) => {
    const [row, col] = [Math.floor(index / columns), index % columns];
    const top = 1 - (row * (options.panelHeight + nameHeight) + nameHeight) / height;
    layout[numbered('scene', index)] = {
      domain: { x: [col / columns, (col + 1) / columns], y: [Math.max(0, top - options.panelHeight / height), top] },
      // plotly.js' own 'data' would stretch a scene whose points do not fill the common extent
      aspectmode: 'manual',
      aspectratio: { x: sides[0], y: sides[1], z: sides[2] },
      dragmode: 'orbit',
      hovermode: 'closest',
      camera: { eye: { x, y, z }, up: { x: 0, y: 1, z: 0 }, center: { x: 0, y: 0, z: 0 } },
      xaxis: axis('x', ranges[0]),
      yaxis: axis('y', ranges[1]),
      zaxis: axis('z', ranges[2]),
    };
    if (panel.name)
      (layout.annotations as unknown[]).push({
        text: `<b>${escapePlotText(panel.name)}</b>`,
        showarrow: false,
        xref: 'paper',
        yref: 'paper',
        x: (col + 0.5) / columns,
        y: top,
        xanchor: 'center',
        yanchor: 'bottom',
      });
  });
  return layout as Partial<Layout>;
}

/** Smallest and largest x, y and z of all points. */
function extents(all: readonly TriangleMesh['points'][]): [number, number][] {
  return ([0, 1, 2] as const).map((axis) => {
    let [low, high] = [Infinity, -Infinity];
    for (const points of all)
      for (let row = 0; row < points.shape[0]; row++) {
        const value = points.get(row, axis);
        if (value < low) low = value;
        if (value > high) high = value;
      }
    // a flat mesh still needs an extent that can be drawn
    return high > low ? [low, high] : [low - 0.5, high + 0.5];
  });
}

/** The sides of an extent in the unit of plotly.js, where their product is 1. */
function sidesOf(ranges: readonly [number, number][]): number[] {
  const lengths = ranges.map(([low, high]) => high - low);
  const unit = Math.cbrt(lengths.reduce((product, length) => product * length));
  return lengths.map((length) => length / unit);
}

/**
 * How far the eye stands away from a scene with these sides.
 *
 * A panel spans 45 degrees from top to bottom. A surface touches the top and the bottom of its box near the middle depth; axes
 * are drawn along the box's edges, so that the nearest corners must be seen too, with their ticks.
 */
function viewDistance(sides: readonly number[], { view, axes }: { view: View; axes: boolean }): number {
  const half = sides.map((side) => side / 2);
  const toEye = directions[view];
  // the image's up is +y less its share along the line of sight
  const level = Math.hypot(toEye[0], toEye[2]);
  const up = [(-toEye[0] * toEye[1]) / level, level, (-toEye[2] * toEye[1]) / level];
  const highest = half.reduce((sum, h, i) => sum + h * Math.abs(up[i]), 0);
  const nearest = half.reduce((sum, h, i) => sum + h * Math.abs(toEye[i]), 0);
  const middle = (1.2 * highest) / Math.tan(Math.PI / 8);
  // 1.93 half-diagonals leave room at the sides
  return Math.max(1.93 * Math.hypot(...half), axes ? nearest + middle : middle);
}

/** Checks what every panel of surfaces needs. */
export function checkPanels(title: string, panels: readonly { mesh: TriangleMesh }[]): void {
  if (panels.length === 0) throw new RangeError(`panels of "${title}" must hold at least one mesh, but are empty`);
  panels.forEach(({ mesh }, index) => {
    if (mesh.points.shape[0] === 0) throw new RangeError(`panel ${index} of "${title}" must have points, but has none`);
  });
}

/** A trace of the kind that plotly.js draws in `scene`; its types know a scene only by name. */
export const asTrace = (trace: Record<string, unknown>): Data => trace as unknown as Data;
