import ndarray from 'ndarray';
import { curvesFigure, heatmapFigure, meshFigure, picturesFigure, reportPage, tableFigure } from './index';
import { sampleHead } from './sample-head.fixture';

/** A report with a figure of each kind, from invented numbers: what the browser test opens and what a person looks at. */
export function sampleReport(): string {
  const head = sampleHead();
  const count = head.points.shape[0];
  const at = (axis: number) => (point: number) => head.points.get(point, axis);
  // red on the subject's right, so that the view can be told from its mirror image
  const colours = new Uint8Array(3 * count);
  for (let point = 0; point < count; point++)
    colours.set(at(0)(point) > 0 ? [200, 60, 50] : [225, 215, 205], 3 * point);
  const errors = (scale: number) =>
    Float32Array.from({ length: count }, (_, p) => scale * (1.5 + Math.sin(at(0)(p)) * Math.cos(at(1)(p) / 2)));
  const hidden = errors(1.2).map((error, point) => (at(1)(point) > 8 ? Number.NaN : error));

  const mesh = meshFigure({
    title: 'A head before and after colours',
    howToRead: 'The face looks at you, so the subject’s right, in red, is at your left.',
    panels: [
      {
        name: 'clay',
        mesh: head,
        landmarks: ndarray(new Float32Array([0, -1, -11.2, 3, 2.5, -8.2, -3, 2.5, -8.2]), [3, 3]),
      },
      { name: 'with colours', mesh: head, vertexColours: colours },
    ],
  });
  const heatmap = heatmapFigure({
    title: 'Where three reconstructions err',
    howToRead: 'Dark is right and bright is wrong, on one scale; grey was not scanned.',
    panels: [
      { name: 'Coarse', mesh: head, values: errors(1) },
      { name: 'GAL', mesh: head, values: hidden },
      { name: 'MRL', mesh: head, values: errors(0.6) },
    ],
  });

  const steps = Float64Array.from({ length: 300 }, (_, i) => 10 * (i + 1));
  const decay = (scale: number, rate: number) =>
    steps.map((s) => scale * (0.15 + Math.exp(-s * rate)) * (1 + 0.03 * Math.sin(s)));
  const [slow, fast] = [decay(30, 0.002), decay(28, 0.004)];
  const training = curvesFigure({
    title: 'Training with two losses',
    howToRead: 'Lower is better; the band holds three seeds, and the dashed line is what the mean face reaches.',
    x: { label: 'step' },
    y: { label: 'reprojection error', unit: 'px', log: true },
    series: [
      { name: 'GAL', x: steps, y: slow, band: { low: slow.map((v) => v * 0.85), high: slow.map((v) => v * 1.2) } },
      { name: 'MRL', x: steps, y: fast, band: { low: fast.map((v) => v * 0.9), high: fast.map((v) => v * 1.1) } },
    ],
    floors: [{ name: 'mean face', y: 11.2 }],
  });
  const bins = ['0–20', '20–40', '40–60', '60–80'];
  const bars = (...values: number[]) => ({ x: bins, y: values, mark: 'bars' as const });
  const byAngle = curvesFigure({
    title: 'Errors by the camera’s angle',
    howToRead: 'Bars that grow to the right say that a loss is worse on profiles.',
    x: { label: 'camera angle', unit: '°' },
    panels: [
      {
        name: 'Shape',
        y: { label: 'shape error', unit: 'mm' },
        series: [
          { name: 'Coarse', ...bars(2.1, 2.3, 2.6, Number.NaN) },
          { name: 'GAL', ...bars(2.5, 2.8, 3.1, 3.9), band: { low: [2.3, 2.6, 2.9, 3.2], high: [2.7, 3.1, 3.4, 4.4] } },
          { name: 'MRL', ...bars(2.6, 2.7, 2.9, 3.0) },
        ],
        floors: [{ name: 'mean face', y: 3.87 }],
      },
      {
        name: 'Rotation',
        y: { label: 'rotation error', unit: '°' },
        series: [
          { name: 'Coarse', ...bars(2.6, 2.9, 3.8, 6.1) },
          { name: 'GAL', ...bars(2.2, 2.5, 3.5, 5.2) },
          { name: 'MRL', ...bars(3.1, 3.4, 4.2, 4.4) },
        ],
      },
    ],
  });
  const table = tableFigure({
    title: 'Errors on the test set',
    howToRead: 'Bold is the best of a column; the rows below the line are to compare with.',
    columns: [
      { key: 'loss', label: 'Loss' },
      { key: 'pixels', label: 'Reprojection', unit: 'px', digits: 1, best: 'lowest' },
      { key: 'shape', label: 'Shape', unit: 'mm', best: 'lowest' },
      { key: 'translation', label: 'Translation', unit: 'cm', digits: 1, best: 'lowest' },
      { key: 'rotation', label: 'Rotation', unit: '°', digits: 1, best: 'lowest' },
    ],
    rows: [
      { loss: 'Coarse', pixels: 14.87, shape: { value: 3.56, spread: 0.04 }, translation: 5.4, rotation: 5.7 },
      { loss: 'GAL', pixels: 3.76, shape: { value: 3.68, spread: 0.11 }, translation: 5.9, rotation: 5.5 },
      { loss: 'MRL', pixels: 4.05, shape: { value: 3.83, spread: 0.02 }, translation: Number.NaN, rotation: 5.9 },
    ],
    referenceRows: [{ loss: 'mean face, mean pose', pixels: 19, shape: 3.87, rotation: 25.8 }],
  });

  const size = 48;
  const picture = (seed: number) => {
    const pixels = new Uint8Array(3 * size * size);
    for (let v = 0; v < size; v++)
      for (let u = 0; u < size; u++) {
        const inside = ((u - 24) / 15) ** 2 + ((v - 25) / 20) ** 2 < 1;
        const shade = 0.6 + 0.4 * Math.cos((u + seed) / 9);
        pixels.set(inside ? [215 * shade, 170 * shade, 145 * shade] : [70, 90, 110 + seed], 3 * (v * size + u));
      }
    return pixels;
  };
  const outline = (dx: number) =>
    ndarray(
      Float32Array.from({ length: 80 }, (_, i) => {
        const angle = (2 * Math.PI * Math.floor(i / 2)) / 40;
        return i % 2 === 0 ? 24 + dx + 15 * Math.cos(angle) : 25 + 20 * Math.sin(angle);
      }),
      [40, 2],
    );
  const pictures = picturesFigure({
    title: 'Projected outlines on four pictures',
    howToRead: 'Where the dots leave the edge of the face, the pose or the shape is wrong.',
    pictures: [0, 8, 16, 24].map((seed, index) => ({
      caption: `Subject ${index + 1}, ${seed}°`,
      pixels: picture(seed),
      width: size,
      height: size,
      overlays: [
        { name: 'predicted', points: outline(index) },
        { name: 'truth', points: outline(0) },
      ],
    })),
  });

  return reportPage({
    title: 'A report with a figure of each kind',
    subtitle: 'Invented numbers on an egg with a nose, to see how every kind of figure looks on one page.',
    navigation: [{ label: 'This page' }, { label: 'Another page', href: 'another.html' }],
    sections: [
      {
        heading: 'Surfaces',
        paragraphs: [
          'A surface is drawn with light and shade, from the front: the camera stands on −z and looks to +z, +y is up, and the subject’s right is at the left of the picture. All panels share one scale in centimetres, so that a larger head looks larger.',
        ],
        figures: [mesh, heatmap],
      },
      {
        heading: 'Curves and bars',
        paragraphs: [
          'Axes carry their units. A series keeps its colour in every panel of a figure, and a missing bar says so.',
        ],
        figures: [training, byAngle],
      },
      {
        heading: 'Numbers',
        html: '<p>Errors are in <em>millimetres</em>, <code>± spread</code> over three seeds.</p>',
        figures: [table],
      },
      { heading: 'Pictures', figures: [pictures] },
    ],
    footer: 'Invented numbers.',
  });
}
