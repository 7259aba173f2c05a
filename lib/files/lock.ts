import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { z } from 'zod';
import { diskError } from './write-whole';

const ownerSchema = z.strictObject({
  pid: z.number().int(),
  /** When the process began: a number may be another process's by now. */
  began: z.string(),
  host: z.string(),
});
type Owner = z.infer<typeof ownerSchema>;

/**
 * Takes a lock, or says in words who holds it, such as "process 4711".
 *
 * A lock is a file that names the process that made it; a process that is gone, by `kill -9` too, holds nothing. Makes the
 * folders above it.
 *
 * Limits: whether a process of another computer is gone cannot be told from here, so its lock holds until the file is
 * removed, and the words say so. Two processes that find the lock of a dead one in the same instant do not both get it; of
 * three, two might.
 */
export function tryLock(file: string): { unlock: () => void } | { holder: string } {
  const own: Owner = { pid: process.pid, began: beginOf(process.pid) ?? '', host: os.hostname() };
  const content = JSON.stringify(own);
  const beside = `${file}.${process.pid}.partial`;
  try {
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(beside, content);
    for (;;) {
      // a link appears whole or, where the file exists, not at all
      if (links(beside, file)) return { unlock: () => unlock(file, content) };
      const found = read(file);
      const holder = found && holderOf(found, own, file);
      if (holder) return { holder };
      if (found !== undefined) removeDead(file, found);
    }
  } catch (error) {
    throw diskError(file, error);
  } finally {
    fs.rmSync(beside, { force: true });
  }
}

function links(from: string, to: string): boolean {
  try {
    fs.linkSync(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return false;
  }
}

function read(file: string): string | undefined {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return undefined;
  }
}

function unlock(file: string, content: string): void {
  if (read(file) === content) fs.rmSync(file, { force: true });
}

/** Takes away a dead process's lock, and puts it back if meanwhile it is another's. */
function removeDead(file: string, content: string): void {
  const aside = `${file}.${process.pid}.dead.partial`;
  try {
    fs.renameSync(file, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  if (read(aside) !== content) links(aside, file);
  fs.rmSync(aside, { force: true });
}

/** Who holds a lock, in words; undefined when its process is gone, or its content says nothing. */
function holderOf(content: string, own: Owner, file: string): string | undefined {
  const { success, data } = ownerSchema.safeParse(parse(content));
  if (!success) return undefined;
  const { pid, began, host } = data;
  if (host !== own.host) return `process ${pid} on ${host} (if that is gone, remove ${file})`;
  if (beginOf(pid) !== began) return undefined;
  return pid === own.pid ? `this process (${pid})` : `process ${pid}`;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** When a process began, in a form of its own on each system; undefined when it is gone, or waits to be cleared away. */
function beginOf(pid: number): string | undefined {
  if (fs.existsSync('/proc/self/stat')) {
    const stat = read(`/proc/${pid}/stat`);
    // after the name in parentheses: state, ..., and the 20th of these is the start, in ticks since the system's
    const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields && fields[0] !== 'Z' ? fields[19] : undefined;
  }
  const { stdout } = spawnSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' });
  return stdout?.trim() || undefined;
}
