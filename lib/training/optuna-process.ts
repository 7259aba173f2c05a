import { spawn } from 'node:child_process';
import { setTimeout } from 'node:timers/promises';
import { z } from 'zod';

/** Room for the trials of a study of thousands. */
const LONGEST_REPLY = 1 << 22;
const KEPT_OF_STDERR = 4000;
const SECONDS_TO_END = 10;

/** The process that holds Optuna; whoever starts it calls `end`. */
export interface OptunaProcess {
  /** Sends a request and waits for its reply, which must be of the schema's form; one at a time. */
  call<T>(request: { call: string } & Record<string, unknown>, reply: z.ZodType<T>): Promise<T>;
  /** Is aborted, with an error that says why, when the process can no longer be used. */
  readonly broken: AbortSignal;
  /** Closes its input, at which the process gives up what it had begun and ends; waits for that. */
  end(): Promise<void>;
}

/**
 * Starts a process that answers requests in JSON, a line each: `{"ok": ...}` or `{"error": "..."}`.
 *
 * @param command  a program and its arguments
 */
export function startOptuna([program, ...args]: readonly string[]): OptunaProcess {
  const child = spawn(program, args, { stdio: 'pipe' });
  const broken = new AbortController();
  let waiting: { resolve: (line: string) => void; reject: (error: Error) => void } | undefined;
  let output = '';
  let complaints = '';

  const fail = (what: string) => {
    if (broken.signal.aborted) return;
    const error = new Error(
      `Optuna's process (${[program, ...args].join(' ')}) ${what}${complaints && `; it wrote:\n${complaints.trim()}`}`,
    );
    broken.abort(error);
    waiting?.reject(error);
    child.kill('SIGKILL');
  };
  const ended = new Promise<void>((resolve) => {
    child.on('close', (code, signal) => {
      fail(signal ? `was ended by ${signal}` : `ended with ${code}`);
      resolve();
    });
  });
  child.on('error', (error) => fail(`cannot be started: ${error.message}`));
  // a write to a process that has ended fails too, but 'close' says why
  child.stdin.on('error', () => {});
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaints = (complaints + text).slice(-KEPT_OF_STDERR);
  });
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
    const end = output.indexOf('\n');
    if (end < 0 && output.length <= LONGEST_REPLY) return;
    if (end < 0) return fail(`must reply with a line of at most ${LONGEST_REPLY} characters, but its line is longer`);
    const line = output.slice(0, end);
    output = output.slice(end + 1);
    if (!waiting || output) return fail(`must reply once to each request, but also wrote ${excerpt(output || line)}`);
    waiting.resolve(line);
  });

  return {
    broken: broken.signal,
    async call(request, schema) {
      broken.signal.throwIfAborted();
      const line = await new Promise<string>((resolve, reject) => {
        waiting = { resolve, reject };
        child.stdin.write(`${JSON.stringify(request)}\n`);
      }).finally(() => {
        waiting = undefined;
      });
      const reply = parseReply(line, schema);
      if (!reply) {
        fail(`must reply to "${request.call}" in JSON of the agreed form, but wrote ${excerpt(line)}`);
        throw broken.signal.reason;
      }
      if (reply.error !== undefined) throw new Error(reply.error);
      return reply.ok as z.infer<typeof schema>;
    },
    async end() {
      child.stdin.end();
      const tooLate = new AbortController();
      const late = setTimeout(SECONDS_TO_END * 1000, undefined, { signal: tooLate.signal })
        .then(() => child.kill('SIGKILL'))
        .catch(() => {});
      await ended;
      tooLate.abort();
      await late;
    },
  };
}

function parseReply<T>(line: string, schema: z.ZodType<T>): { ok?: T; error?: string } | undefined {
  try {
    return z.union([z.strictObject({ ok: schema }), z.strictObject({ error: z.string() })]).parse(JSON.parse(line));
  } catch {
    return undefined;
  }
}

const excerpt = (text: string): string => JSON.stringify(text.slice(0, 200));
