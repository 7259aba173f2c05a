// node environment/keep-results.mjs PROFILE [options of "reconstruct keep"]: keeps what the runs of a profile found, for git:
// their summaries with provenance in data/results/PROFILE; for smoke the README's picture, taken from the report of the embedded
// population with Chromium; and with options a small copy of the population's run, such as
//
//   node environment/keep-results.mjs laptop --networks gal-camera --heads srl gal-camera
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';
import { CHROMIUM_FLAGS, chromiumProgram } from './checks/lab/browser.mjs';
import { root } from './setup.mjs';

/** What of the report a visitor of the README sees: heads, images, the table. */
const SHOWN = ['#figure-1', '#figure-7', '#table-3'];

const [profile, ...options] = process.argv.slice(2);
const runs = path.join(root, 'data', 'runs', profile ?? '');
const sources = profile && fs.existsSync(runs) ? fs.readdirSync(runs) : [];
const summaries = sources.filter((source) => fs.existsSync(path.join(runs, source, 'summary.json')));
if (summaries.length === 0) {
  console.error('usage: node environment/keep-results.mjs PROFILE, where data/runs/PROFILE holds a run that has ended');
  process.exit(1);
}

const results = path.join(root, 'data', 'results', profile);
fs.mkdirSync(results, { recursive: true });
for (const source of summaries) {
  const { commit } = JSON.parse(fs.readFileSync(path.join(runs, source, 'summary.json'), 'utf8')).provenance;
  fs.copyFileSync(path.join(runs, source, 'summary.json'), path.join(results, `${source}.json`));
  console.log(`data/results/${profile}/${source}.json: from commit ${commit}`);
}
if (options.length > 0) {
  const copy = ['--run', path.join(runs, 'population'), '--to', path.join(results, 'population')];
  const command = [path.join(root, 'lib', 'commands', 'reconstruct.mjs'), 'keep', ...copy, ...options];
  const { status } = spawnSync(process.execPath, command, { cwd: root, stdio: 'inherit' });
  if (status !== 0) process.exit(1);
}
if (profile === 'smoke' && summaries.includes('population'))
  await takePicture(path.join(runs, 'population', 'report.html'));

async function takePicture(report) {
  const browser = await chromium.launch({ executablePath: chromiumProgram(), args: CHROMIUM_FLAGS });
  const page = await browser.newPage({ viewport: { width: 1160, height: 900 } });
  await page.goto(pathToFileURL(report).href);
  await page.evaluate((shown) => {
    const figures = shown.map((id) => document.querySelector(id));
    for (const details of document.querySelectorAll('details')) details.remove();
    document.body.replaceChildren(...figures);
  }, SHOWN);
  const file = path.join(results, 'overview.png');
  await page.screenshot({ path: file, fullPage: true });
  await browser.close();
  console.log(`${path.relative(root, file)}: ${(fs.statSync(file).size / 1024).toFixed(0)} KiB`);
}
