/**
 * The kernel's second thread: what must get through while a cell holds the first one in an endless loop.
 *
 * It owns the control socket, so a stop or a shutdown arrives at any time, and it ends the kernel with its parent.
 *
 * A stop comes as a message and not as Jupyter's signal, because that signal goes to the whole process group: it would
 * also end tsx's compiler, without which no file of the library loads any more, and every process that a cell started.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { Router } from 'zeromq';
import { type ControlData, report, sendAtOnce } from './channels';
import { decode, encode } from './messages';
import { controlThread, createSignalLock, interruptProcess } from './signal-lock';

const lookForParentMilliseconds = 500;
/** Time for the cells' thread to answer a shutdown before the process is killed. */
const shutdownMilliseconds = 500;
/** Time for the last answers to leave. */
const deliveryMilliseconds = 50;

export async function runControl(): Promise<void> {
  watchParent();
  const { connection, signalLock }: ControlData = workerData;
  const lock = createSignalLock(controlThread, signalLock);
  const socket = new Router(sendAtOnce);
  const send = (frames: Uint8Array[]) => void socket.send(frames).catch(report);
  await socket.bind(`${connection.transport}://${connection.ip}:${connection.control_port}`);
  parentPort?.on('message', (frames: Uint8Array[] | 'end') => {
    if (frames !== 'end') return send(frames);
    // An orderly exit sometimes ended in a corrupted heap: the native parts of sockets and of TensorFlow are taken down
    // from two threads. Nothing is left to be saved, and the sockets' own thread sends what it was given.
    setTimeout(() => process.kill(process.pid, 'SIGKILL'), deliveryMilliseconds);
  });

  for await (const frames of socket) {
    try {
      const request = decode(frames, connection.key);
      const type = request.header.msg_type;
      if (type === 'interrupt_request') {
        interruptProcess(lock);
        send(encode('interrupt_reply', { status: 'ok' }, request, connection.key));
        continue;
      }
      if (type === 'shutdown_request')
        setTimeout(() => process.kill(process.pid, 'SIGKILL'), shutdownMilliseconds).unref();
      parentPort?.postMessage(frames);
    } catch (error) {
      report(error);
    }
  }
}

/** Kills the kernel when the process that started it is gone: nobody else could stop it then. */
function watchParent(): void {
  if (process.platform === 'win32') return;
  const parent = process.ppid;
  // A server that died before this thread started has left us to another parent; Jupyter tells us its own number.
  const server = Number(process.env.JPY_PARENT_PID) || 0;
  const look = () => {
    if (process.ppid !== parent || (server > 1 && isGone(server))) process.kill(process.pid, 'SIGKILL');
  };
  look();
  setInterval(look, lookForParentMilliseconds).unref();
}

function isGone(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}
