import fs from 'node:fs';

/** A file half written, whole but not yet in its place, or in its place with nothing done since. */
export type MomentOfWrite = 'half written' | 'before its rename' | 'after its rename';

/**
 * Makes this process kill itself (kill -9) at a moment of a write.
 *
 * @param isIt  is asked at each write which file it is, before it begins, by the place where that will stand
 */
export function killAtWrite(
  isIt: (file: string) => boolean,
  when: MomentOfWrite,
  kill = () => process.kill(process.pid, 'SIGKILL'),
): void {
  const { writeFileSync, openSync, renameSync } = fs;
  let handle = -1;
  let chosen: string | undefined;
  fs.openSync = (...values: Parameters<typeof openSync>) => {
    const opened = openSync(...values);
    const file = String(values[0]).replace(/\.\d+\.partial$/, '');
    if (/[wa]/.test(String(values[1])) && isIt(file)) [handle, chosen] = [opened, file];
    return opened;
  };
  fs.writeFileSync = ((to: number, content: string | Uint8Array) => {
    if (to !== handle || when !== 'half written') return writeFileSync(to, content);
    writeFileSync(to, content.slice(0, content.length / 2));
    kill();
  }) as typeof writeFileSync;
  fs.renameSync = (from, to) => {
    const isChosen = String(to) === chosen;
    if (isChosen && when === 'before its rename') kill();
    renameSync(from, to);
    if (isChosen && when === 'after its rename') kill();
  };
}
