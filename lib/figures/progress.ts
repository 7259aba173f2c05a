import { randomUUID } from 'node:crypto';
import { escapeHtml } from './escape';
import { currentNotebook } from './notebook';

/** Where progress is written outside a notebook; `process.stderr` fits. */
export interface ProgressOutput {
  write(text: string): unknown;
  isTTY?: boolean;
  columns?: number;
}

export interface Progress {
  /** Says how much is done, of the total, and optionally something about the state, such as the loss. */
  update(done: number, note?: string): void;
  /** Says that it is over, whether or not all was done. */
  end(note?: string): void;
}

/** A person sees ten changes a second; more would only cost. */
const liveInterval = 100;

/** In a log, a line each ten seconds tells that it goes on and does not drown the rest. */
const logInterval = 10_000;

/**
 * Shows how far a long work has come, with the time passed and the time left at the pace of the last half of it: what was done
 * before and is only counted, as when a broken-off work goes on, does not make it look short.
 *
 * In a notebook one display changes in place, on a terminal one line is rewritten, and into a pipe or a file a full
 * line is written at most every ten seconds and at the end. It never throws: what shows progress must not stop work.
 *
 * @param total    the number at which all is done; 0 where it is not known
 * @param options  output is standard error by default, so that results can be piped; now is a clock in milliseconds
 */
export function showProgress(
  label: string,
  total: number,
  options: { output?: ProgressOutput; now?: () => number } = {},
): Progress {
  const { output = process.stderr, now = () => performance.now() } = options;
  const started = now();
  let last = -Infinity;
  let state = { done: 0, note: '' };
  let ended = false;
  // from half of the time passed on
  const seen = [{ time: started, done: 0 }];

  const write = writer(output);
  const interval = write.live ? liveInterval : logInterval;
  // a log's first line comes after its first interval: short work needs only the line of its end
  if (!write.live) last = started;

  const show = (end: boolean) => {
    const time = now();
    if (!end && time - last < interval) return;
    last = time;
    seen.push({ time, done: state.done });
    while (seen.length > 2 && seen[1].time <= (started + time) / 2) seen.shift();
    const left = end ? undefined : timeLeft(seen[0], seen[seen.length - 1], total);
    const line = progressLine({ label, total, ...state, elapsed: time - started, left });
    try {
      write.line(line, { fraction: fraction(state.done, total), end });
    } catch {
      // a closed pipe or a kernel that goes down: the work goes on without a display
    }
  };
  return {
    update(done, note = '') {
      if (ended) return;
      state = { done, note };
      show(false);
    },
    end(note = state.note) {
      if (ended) return;
      ended = true;
      state = { ...state, note };
      show(true);
    },
  };
}

function progressLine(state: {
  label: string;
  total: number;
  done: number;
  note: string;
  elapsed: number;
  left: number | undefined;
}): string {
  const { label, total, done, note, elapsed, left } = state;
  const count = total > 0 ? `${done}/${total}` : String(done);
  const rest = left === undefined ? '' : `, ${duration(left)} left`;
  return `${label} ${count} (${duration(elapsed)}${rest})${note ? ` ${note}` : ''}`;
}

type Seen = { time: number; done: number };

/** Undefined where the total is not known or nothing was done between. */
function timeLeft(since: Seen, now: Seen, total: number): number | undefined {
  if (!(now.done > since.done && total > 0)) return undefined;
  return ((now.time - since.time) / (now.done - since.done)) * Math.max(0, total - now.done);
}

/** Between 0 and 1, or undefined where the total is not known or the count is no number. */
function fraction(done: number, total: number): number | undefined {
  const share = done / total;
  return total > 0 && Number.isFinite(share) ? Math.min(1, Math.max(0, share)) : undefined;
}

/** 7 s, 3 min 20 s, 2 h 5 min. */
export function duration(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000);
  if (!Number.isFinite(seconds)) return '?';
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`;
}

interface Writer {
  /** Whether a line replaces the one before. */
  live: boolean;
  line(text: string, state: { fraction: number | undefined; end: boolean }): void;
}

function writer(output: ProgressOutput): Writer {
  const notebook = currentNotebook();
  if (notebook) {
    const displayId = `progress-${randomUUID()}`;
    let shown = false;
    return {
      live: true,
      line(text, { fraction }) {
        const value = fraction === undefined ? '' : ` value="${fraction.toFixed(4)}"`;
        const html = `<div style="display:flex;gap:12px;align-items:center;font-variant-numeric:tabular-nums"><progress max="1"${value}></progress><span>${escapeHtml(text)}</span></div>`;
        const update = shown;
        shown = true;
        notebook.display({ 'text/html': html, 'text/plain': text }, { displayId, update });
      },
    };
  }
  if (!output.isTTY) return { live: false, line: (text) => void output.write(`${text}\n`) };
  return {
    live: true,
    line(text, { end }) {
      // a line that wraps could not be rewritten
      const width = Math.max(10, (output.columns ?? 80) - 1);
      // \x1b[K clears what a longer line before left behind
      output.write(`\r${text.length > width ? `${text.slice(0, width - 1)}…` : text}\x1b[K${end ? '\n' : ''}`);
    },
  };
}
