import fs from 'node:fs';

/** Kills (kill -9) all processes of a session, those too that they start meanwhile. */
export function killSession(session) {
  for (let round = 0; round < 3; round++)
    for (const entry of fs.readdirSync('/proc')) {
      if (!/^\d+$/.test(entry)) continue;
      try {
        // behind the state and the parent stand the group and the session
        if (Number(statOf(entry)[3]) === session) process.kill(Number(entry), 'SIGKILL');
      } catch {
        // it ended meanwhile
      }
    }
}

/** What Linux says of a process behind its name in parentheses: state, parent, group, session, ... */
export function statOf(pid) {
  const stat = fs.readFileSync(`/proc/${pid}/stat`, 'latin1');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}
