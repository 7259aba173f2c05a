import { existsSync } from 'node:fs';
import path from 'node:path';
import { type Browser, chromium } from 'playwright-core';

const executablePath = [
  process.env.CHROMIUM,
  ...(process.env.PATH ?? '')
    .split(path.delimiter)
    .flatMap((folder) => ['chromium', 'chromium-browser', 'google-chrome'].map((name) => path.join(folder, name))),
].find((file) => file && existsSync(file));

/** Why tests of pages are skipped, or false. */
export const skip = executablePath ? false : 'there is no Chromium: install one, or set CHROMIUM to its path';

// WebGL by the processor, so that surfaces draw on a machine without a screen
const args =
  '--no-sandbox --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync --use-angle=swiftshader --enable-unsafe-swiftshader'.split(
    ' ',
  );

export const launchChromium = (): Promise<Browser> => chromium.launch({ executablePath, args });
