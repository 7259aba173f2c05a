import assert from 'node:assert/strict';
import { test } from 'node:test';
import ndarray from 'ndarray';
import { PNG } from 'pngjs';
import type { PicturesBody } from './figure';
import { type Picture, picturesFigure, picturesHtml } from './pictures';

const words = { title: 'Pictures', howToRead: 'Dots should meet edges.' };
const red = new Uint8Array([255, 0, 0, 0, 0, 255]);
const picture: Picture = { caption: 'first', pixels: red, width: 2, height: 1 };
const points = (...uv: number[]) => ndarray(new Float32Array(uv), [uv.length / 2, 2]);
const body = (pictures: Picture[]) => picturesFigure({ ...words, pictures }).body as PicturesBody;

test('the data URI is a PNG of the same pixels', () => {
  const [{ source }] = body([picture]).pictures;
  const png = PNG.sync.read(Buffer.from(source.replace('data:image/png;base64,', ''), 'base64'));
  assert.deepEqual([png.width, png.height, ...png.data], [2, 1, 255, 0, 0, 255, 0, 0, 255, 255]);
});

test('points are drawn in picture pixels from the corner, and those that are not finite are left out', () => {
  const overlays = [{ name: 'truth', points: points(0.5, 0.25, Number.NaN, 1, 1.999, 1) }];
  const figure = body([{ ...picture, overlays }]);
  assert.equal(figure.pictures[0].overlays[0].path, 'M0.5 0.25h0M2 1h0');
  assert.ok(picturesHtml(figure).includes('viewBox="0 0 2 1"'));
});

test('a layer has one colour in all pictures and one entry in the legend', () => {
  const layer = (name: string) => ({ name, points: points(1, 1) });
  const figure = body([
    { ...picture, overlays: [layer('truth'), layer('predicted')] },
    { ...picture, overlays: [layer('predicted')] },
  ]);
  assert.equal(figure.pictures[0].overlays[1].colour, figure.pictures[1].overlays[0].colour);
  assert.notEqual(figure.pictures[0].overlays[0].colour, figure.pictures[0].overlays[1].colour);
  assert.deepEqual(
    figure.legend.map(({ name }) => name),
    ['truth', 'predicted'],
  );
});

test('pixels are enlarged without smoothing, and captions are escaped', () => {
  const html = picturesHtml(body([{ ...picture, caption: '"<b>"' }]));
  assert.ok(html.includes('image-rendering:pixelated'));
  assert.ok(html.includes('alt="&quot;&lt;b&gt;&quot;"'));
  assert.ok(!html.includes('<b>'));
});

test('errors name the picture and both sizes', () => {
  assert.throws(
    () => body([{ ...picture, height: 3 }]),
    /pixels of picture "first" must hold 3 x 2 x 3 = 18 bytes, but hold 6/,
  );
  assert.throws(
    () => body([{ ...picture, overlays: [{ name: 'truth', points: ndarray(new Float32Array(6), [2, 3]) }] }]),
    /points "truth" of picture "first" must be \[count, 2\], but are \[2, 3\]/,
  );
});
