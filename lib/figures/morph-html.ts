import { compactJson } from './compact';
import { escapeHtml } from './escape';
import type { Figure, MorphBody } from './figure';
import { morphScript } from './morph-script';
import { errorStops } from './palette';

type MorphFigure = Figure & { body: MorphBody };

/** A figure whose body is a surface that moves. */
export const isMorph = (figure: Figure): figure is MorphFigure => figure.body.kind === 'morph';

/**
 * The surface and its sliders as HTML with style and script inside; without scripts it is the text alternative.
 *
 * Colours of text and lines are those of the place, light or dark.
 *
 * @param id  unique on the page that will hold it
 */
export function morphHtml({ title, alternative, body }: MorphFigure, id: string): string {
  const { directions, unit, range } = body;
  const sliders = directions.map(
    ({ name }) =>
      `<label class="morph-slider"><span>${escapeHtml(name)}</span><input type="range" min="${-range}" max="${range}" step="0.1" value="0"><output>0.0 ${escapeHtml(unit)}</output></label>`,
  );
  const choices = directions.map(
    ({ name }, k) => `<option value="${k}">${escapeHtml(`${name} (mm per ${unit})`)}</option>`,
  );
  const scale = `linear-gradient(to right, ${errorStops.join(', ')})`;
  const controls = [
    ...sliders,
    `<label class="morph-colour"><span>Colour</span><select>${choices.join('')}<option value="">none</option></select></label>`,
    `<div class="morph-scale"><div style="background:${scale}"></div><span>0</span><span></span></div>`,
    '<button type="button">Back to the mean</button>',
  ];
  const canvas = `<canvas tabindex="0" role="img" aria-label="${escapeHtml(`${title}. Drag or arrow keys turn it.`)}"></canvas>`;
  // JupyterLab reads keys of a notebook unless told not to: arrows belong to the sliders
  return `<div class="morph" id="${escapeHtml(id)}" data-lm-suppress-shortcuts="true"><style>${morphStyle}</style><p class="morph-words">${escapeHtml(alternative)}</p><div class="morph-live" hidden>${canvas}<div class="morph-controls">${controls.join('')}</div></div><script>${morphScript(id, compactJson(body))}</script></div>`;
}

const morphStyle = `
.morph { font-size: 14px; line-height: 1.4; }
.morph-live { display: flex; flex-wrap: wrap; gap: 16px 24px; align-items: flex-start; }
.morph-live[hidden] { display: none; }
.morph canvas { flex: 1 1 320px; width: 320px; max-width: 520px; min-width: 0; aspect-ratio: 1; touch-action: pan-y; cursor: grab; }
.morph-controls { flex: 1 1 260px; max-width: 440px; min-width: 0; display: grid; gap: 6px; }
.morph label { display: grid; grid-template-columns: 7.5em minmax(0, 1fr) 4.5em; gap: 8px; align-items: center; margin: 0; }
.morph label.morph-colour { grid-template-columns: 7.5em minmax(0, 1fr); }
.morph input, .morph select { width: 100%; min-width: 0; margin: 0; font: inherit; }
.morph output { text-align: right; font-variant-numeric: tabular-nums; }
.morph-scale { display: grid; grid-template-columns: 1fr auto; font-variant-numeric: tabular-nums; }
.morph-scale div { grid-column: 1 / 3; height: 10px; }
.morph button { justify-self: start; font: inherit; padding: 2px 10px; }
.morph canvas:focus-visible { outline: 2px solid currentColor; outline-offset: 2px; }
`.replace(/\n/g, '');
