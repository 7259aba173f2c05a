import { encodePng } from 'lib/mesh';
import type { NdArray } from 'ndarray';
import { escapeHtml } from './escape';
import type { Caption, Figure, PicturesBody } from './figure';
import { seriesColour } from './palette';

/** One picture with what is drawn over it. */
export interface Picture {
  caption: string;
  /** [height, width, 3] sRGB bytes in rows from the top */
  pixels: Uint8Array | Uint8ClampedArray;
  width: number;
  height: number;
  /** Points in picture pixels, such as projected vertices. A name has one colour in all pictures. */
  overlays?: { name: string; points: NdArray<Float32Array> }[];
}

/** What a grid of pictures shows. */
export interface PicturesOptions extends Caption {
  pictures: Picture[];
  /** Pictures in a row where there is room; up to 6 by default. */
  columns?: number;
  /** Screen pixels per picture pixel; by default a picture is about 200 screen pixels wide. */
  scale?: number;
}

/**
 * Pictures in a grid, enlarged without smoothing, with points over them.
 *
 * A point (u, v) has its origin at the corner of the top-left pixel, u to the right and v down.
 *
 * @throws {RangeError} when there is no picture, the bytes do not fit its size, or points are not [count, 2]
 */
export function picturesFigure(options: PicturesOptions): Figure {
  const { title, howToRead, pictures } = options;
  if (pictures.length === 0) throw new RangeError(`pictures of "${title}" must hold at least one, but are empty`);
  const names = [...new Set(pictures.flatMap(({ overlays = [] }) => overlays.map(({ name }) => name)))];
  // vermilion first: skin has little of its saturation
  const colourOf = (name: string) => seriesColour(names.indexOf(name) + 1);
  const { columns = Math.min(6, pictures.length), scale = Math.max(1, Math.round(200 / pictures[0].width)) } = options;
  const body: PicturesBody = {
    kind: 'pictures',
    columns,
    scale,
    pictures: pictures.map((picture) => ({
      caption: picture.caption,
      width: picture.width,
      height: picture.height,
      source: pictureSource(picture),
      overlays: (picture.overlays ?? []).map(({ name, points }) => ({
        path: pointsPath(points, `"${name}" of picture "${picture.caption}"`),
        colour: colourOf(name),
      })),
    })),
    legend: names.map((name) => ({ name, colour: colourOf(name) })),
  };
  const over = names.length > 0 ? `, with points of ${names.join(' and ')}` : '';
  const alternative = options.alternative ?? `Pictures${over}: ${pictures.map(({ caption }) => caption).join('; ')}.`;
  return { title, howToRead, alternative, body };
}

function pictureSource({ caption, pixels, width, height }: Picture): string {
  if (pixels.length !== 3 * width * height)
    throw new RangeError(
      `pixels of picture "${caption}" must hold 3 x ${width} x ${height} = ${3 * width * height} bytes, but hold ${pixels.length}`,
    );
  return `data:image/png;base64,${encodePng(pixels, width, height).toString('base64')}`;
}

/** Dots as strokes of length zero with round ends: thousands of points stay one element. */
function pointsPath(points: NdArray<Float32Array>, name: string): string {
  if (points.dimension !== 2 || points.shape[1] !== 2)
    throw new RangeError(`points ${name} must be [count, 2], but are [${points.shape.join(', ')}]`);
  let path = '';
  for (let row = 0; row < points.shape[0]; row++) {
    const [u, v] = [points.get(row, 0), points.get(row, 1)];
    if (Number.isFinite(u) && Number.isFinite(v)) path += `M${Number(u.toFixed(2))} ${Number(v.toFixed(2))}h0`;
  }
  return path;
}

/** The pictures as an HTML element with its own style, since it must also look right inside a notebook. */
export function picturesHtml({ columns, scale, pictures, legend }: PicturesBody): string {
  const dots = legend.map(
    ({ name, colour }) => `<span><span style="color:${colour}">&#9679;</span> ${escapeHtml(name)}</span>`,
  );
  const cells = pictures.map(({ caption, width, height, source, overlays }) => {
    const image = `<img src="${source}" alt="${escapeHtml(caption)}" style="display:block;width:100%;height:auto;image-rendering:pixelated">`;
    const paths = overlays.map(
      ({ path, colour }) =>
        `<path d="${path}" stroke="${colour}" stroke-width="4" stroke-linecap="round" vector-effect="non-scaling-stroke" fill="none"/>`,
    );
    const svg = `<svg viewBox="0 0 ${width} ${height}" style="position:absolute;inset:0;width:100%;height:100%" aria-hidden="true">${paths.join('')}</svg>`;
    return `<div style="max-width:${scale * width}px"><div style="position:relative;overflow:hidden">${image}${paths.length > 0 ? svg : ''}</div><div style="font-size:0.85em;margin-top:4px">${escapeHtml(caption)}</div></div>`;
  });
  const widest = scale * Math.max(...pictures.map(({ width }) => width));
  // at most `columns` in a row, fewer where a picture would get narrower than 120 screen pixels
  const share = `calc((100% - ${12 * (columns - 1)}px) / ${columns})`;
  const grid = `display:grid;gap:12px;grid-template-columns:repeat(auto-fill,minmax(max(${Math.min(widest, 120)}px,${share}),1fr))`;
  const width = columns * (widest + 12) - 12;
  return `<div class="figure-pictures" style="width:${width}px;max-width:100%"><div style="${grid}">${cells.join('\n')}</div>${dots.length > 0 ? `<div style="font-size:0.85em;margin-top:8px;display:flex;gap:16px;flex-wrap:wrap">${dots.join('')}</div>` : ''}</div>`;
}
