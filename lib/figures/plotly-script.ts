import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

let script: string | undefined;

/**
 * The text of plotly.js, safe inside one `<script>` element; it sets `window.Plotly`.
 *
 * A page needs it once, before or after its figures: each figure waits for it. About 4.8 MB.
 */
export function plotlyScript(): string {
  script ??= readFileSync(createRequire(import.meta.url).resolve('plotly.js-dist-min'), 'utf8')
    // in the strings and expressions of the script `\/` and `\x3c` mean the same characters
    .replace(/<\/script/gi, '<\\/script')
    .replace(/<!--/g, '\\x3c!--');
  return script;
}
