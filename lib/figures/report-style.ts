import { sansSerif, type Theme, themeColours } from './palette';

const variables = (theme: Theme): string =>
  Object.entries(themeColours[theme])
    .map(([name, colour]) => `--${name}:${colour};`)
    .join('');

/**
 * The style of a report page: a column of text at a readable width, figures a little wider, sizes in steps of about a
 * fifth, and colours after the reader's preference.
 */
export const reportStyle = `
:root { color-scheme: light dark; ${variables('light')} }
@media (prefers-color-scheme: dark) { :root { ${variables('dark')} } }
* { box-sizing: border-box; }
html { font: 17px/1.6 ${sansSerif}; -webkit-text-size-adjust: 100%; scroll-behavior: smooth; }
body { margin: 0; background: var(--page); color: var(--ink); }
main, header, footer, nav { max-width: 64rem; margin: 0 auto; padding: 0 1.25rem; }
main > section > *, header > * { max-width: 40rem; margin-left: auto; margin-right: auto; }
header { padding-top: 4rem; padding-bottom: 1.5rem; }
h1 { font-size: 2.2rem; line-height: 1.15; letter-spacing: -0.02em; margin-top: 0; margin-bottom: 0.6rem; text-wrap: balance; }
h2 { font-size: 1.45rem; line-height: 1.25; letter-spacing: -0.01em; margin-top: 3.5rem; margin-bottom: 0.8rem; text-wrap: balance; }
h3 { font-size: 1.15rem; margin-top: 2rem; margin-bottom: 0.4rem; }
.subtitle { font-size: 1.2rem; line-height: 1.45; color: var(--quiet); margin-top: 0; margin-bottom: 0; }
p, ul, ol { margin-top: 0; margin-bottom: 1em; }
a { color: var(--accent); text-underline-offset: 0.15em; text-decoration-thickness: 0.06em; }
code { font: 0.88em ui-monospace, 'DejaVu Sans Mono', Menlo, monospace; overflow-wrap: anywhere; }
pre { overflow-x: auto; background: var(--card); border: 1px solid var(--rule); border-radius: 6px; padding: 0.8rem 1rem; line-height: 1.45; }
pre code { overflow-wrap: normal; }
nav.pages { padding-top: 1rem; max-width: 42.5rem; font-size: 0.9rem; display: flex; flex-wrap: wrap; gap: 0.3rem 1.2rem; }
nav.pages a { text-decoration: none; }
nav.pages [aria-current] { color: var(--quiet); }
nav.contents { padding-left: 0; padding-right: 0; font-size: 0.95rem; border-top: 1px solid var(--rule); padding-top: 1rem; margin-top: 1.8rem; }
.contents ol { list-style: none; padding: 0; margin: 0; }
.contents li { padding: 0.1rem 0; }
.contents a { text-decoration: none; }
.contents a:hover, nav.pages a:hover { text-decoration: underline; }
main > section > figure { max-width: 64rem; margin-top: 2rem; margin-bottom: 2.2rem; }
.card { background: var(--card); border: 1px solid var(--rule); border-radius: 8px; padding: 1rem; overflow: hidden; }
.card.plot { padding: 0.6rem 0.4rem; }
.card.table { overflow-x: auto; padding: 0.4rem 1rem; width: fit-content; max-width: 100%; margin: 0 auto; }
.card.pictures { width: fit-content; max-width: 100%; margin: 0 auto; }
figcaption { font-size: 0.9rem; line-height: 1.5; color: var(--quiet); margin: 0.8rem auto 0; max-width: 40rem; }
figcaption strong { color: var(--ink); font-weight: 600; }
figcaption.above { margin: 0 auto 0.8rem; }
details { font-size: 0.85rem; }
summary { cursor: pointer; width: fit-content; }
table { border-collapse: collapse; font-size: 0.92rem; line-height: 1.4; font-variant-numeric: tabular-nums; }
th, td { padding: 0.42rem 0.9rem; white-space: nowrap; }
th:first-child { padding-left: 0.2rem; }
td:last-child, th:last-child { padding-right: 0.2rem; }
thead th { font-weight: 600; border-bottom: 1.5px solid var(--quiet); vertical-align: bottom; white-space: normal; }
tbody th { font-weight: 400; }
/* on a phone a table scrolls to the side, and its first column says which row one reads */
tr > :first-child { position: sticky; left: 0; background: var(--card); }
tbody tr + tr > * { border-top: 1px solid var(--rule); }
tbody tr.reference > * { color: var(--quiet); }
tbody tr:not(.reference) + tr.reference > * { border-top: 1.5px solid var(--quiet); }
footer { padding-top: 2rem; padding-bottom: 3rem; font-size: 0.85rem; color: var(--quiet); }
footer > * { max-width: 40rem; margin: 0 auto; border-top: 1px solid var(--rule); padding-top: 1rem; }
@media (max-width: 600px) {
  html { font-size: 16px; }
  main, header, footer, nav { padding-left: 1rem; padding-right: 1rem; }
  header { padding-top: 2.2rem; }
  h1 { font-size: 1.75rem; }
  h2 { font-size: 1.3rem; margin-top: 2.6rem; }
  .card { border-radius: 6px; }
  .card.plot { padding: 0.3rem 0; }
  th, td { padding: 0.4rem 0.6rem; }
  tbody th { white-space: normal; min-width: 5.5rem; }
}
@media print {
  :root { ${variables('light')} }
  html { font-size: 11pt; }
  figure, tr { break-inside: avoid; }
  details { display: none; }
}
`;
