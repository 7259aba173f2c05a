import { compactJson } from './compact';
import { plotTemplate } from './palette';
import { narrowWidth, plotConfig } from './plot-html';

/**
 * The script that draws the plots of a report page, in the reader's theme and in the layout for the page's width, and
 * again when either changes.
 *
 * Plots marked `data-near` are drawn when they come near the window and dropped when they leave it: a browser keeps
 * about 16 WebGL scenes alive and would blank the oldest.
 */
export const reportDrawing = (): string => `(function () {
  var templates = ${compactJson({ light: plotTemplate('light'), dark: plotTemplate('dark') })};
  var config = ${compactJson(plotConfig)};
  var dark = matchMedia('(prefers-color-scheme: dark)'), print = matchMedia('print');
  var narrow = matchMedia('(max-width: ${narrowWidth}px)');
  var plots = Array.from(document.querySelectorAll('.plot-holder'));
  function draw(holder) {
    holder.figure = holder.figure || JSON.parse(document.getElementById(holder.id + '-data').textContent);
    var layout = JSON.parse(JSON.stringify(narrow.matches ? holder.figure.narrowLayout : holder.figure.layout));
    layout.template = templates[dark.matches && !print.matches ? 'dark' : 'light'];
    if (!holder.drawn) holder.textContent = '';
    holder.drawn = true;
    holder.style.minHeight = layout.height + 'px';
    return Plotly.react(holder, holder.figure.data, layout, config);
  }
  function redraw() { plots.forEach(function (holder) { if (holder.drawn) draw(holder); }); }
  [dark, narrow, print].forEach(function (query) { query.addEventListener('change', redraw); });
  var near = new IntersectionObserver(function (entries) {
    entries.forEach(function (entry) {
      if (entry.isIntersecting) draw(entry.target);
      else if (entry.target.drawn) { Plotly.purge(entry.target); entry.target.drawn = false; }
    });
  }, { rootMargin: '300px' });
  plots.forEach(function (holder) { if (holder.dataset.near === undefined) draw(holder); else near.observe(holder); });
})();`;
