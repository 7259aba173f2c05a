/** The five sockets between Jupyter and a kernel. */
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { Publisher, Reply, Router } from 'zeromq';
import { type Content, decode, encode, type Message } from './messages';
import type { SignalLock } from './signal-lock';

/** The connection file that Jupyter writes. */
export interface Connection {
  transport: string;
  ip: string;
  key: string;
  shell_port: number;
  control_port: number;
  stdin_port: number;
  iopub_port: number;
  hb_port: number;
}

/** What the control thread is started with. */
export interface ControlData {
  connection: Connection;
  signalLock: SharedArrayBuffer;
}

export interface Channels {
  /** Tells every listener; goes out at once, even from a loop that never gives way. */
  publish(request: Message, type: string, content: Content): void;
  /** Answers a request to the one who asked, on the socket it came by. */
  reply(request: Message, type: string, content: Content): void;
  /** Lets the last answers out and ends the process. */
  end(): void;
}

// zeromq.js puts every 512th send off to a later tick and refuses all sends until then, unless a send may not wait.
// A publisher and a router never need to wait: with no limit to their queues they always take the message.
export const sendAtOnce = { sendTimeout: 0, sendHighWaterMark: 0 };

/**
 * Opens the sockets; the control socket belongs to a thread of its own (control.ts).
 *
 * @param lock       held by whoever sends or redirects the stop button's signal
 * @param onRequest  gets the requests of shell and control, one call each in the order of arrival
 */
export async function openChannels(
  connection: Connection,
  lock: SignalLock,
  onRequest: (request: Message) => void,
): Promise<Channels> {
  const { key } = connection;
  const workerData: ControlData = { connection, signalLock: lock.shared };
  const control = new Worker(path.join(__dirname, 'control-thread.cjs'), {
    workerData,
    execArgv: [],
    stdout: true,
    stderr: true,
  });
  control.unref();
  const iopub = new Publisher(sendAtOnce);
  const shell = new Router(sendAtOnce);
  const stdin = new Router(sendAtOnce);
  const heartbeat = new Reply();
  const wayBack = new WeakMap<Message, (frames: Buffer[]) => void>();

  const bind = (socket: Router | Publisher | Reply, port: number) =>
    socket.bind(`${connection.transport}://${connection.ip}:${port}`);
  await Promise.all([
    bind(iopub, connection.iopub_port),
    bind(shell, connection.shell_port),
    bind(stdin, connection.stdin_port),
    bind(heartbeat, connection.hb_port),
  ]);

  function receive(frames: Buffer[], answer: (frames: Buffer[]) => void): void {
    try {
      const request = decode(frames, key);
      wayBack.set(request, answer);
      onRequest(request);
    } catch (error) {
      report(error);
    }
  }
  async function listen(): Promise<void> {
    for await (const frames of shell) receive(frames, (answer) => void shell.send(answer).catch(report));
  }
  async function echo(): Promise<void> {
    for await (const frames of heartbeat) await heartbeat.send(frames);
  }
  for (const loop of [listen(), echo()]) loop.catch(report);
  // Buffers lose their class on the way between threads.
  control.on('message', (frames: Uint8Array[]) =>
    receive(
      frames.map((frame) => Buffer.from(frame)),
      (answer) => control.postMessage(answer),
    ),
  );
  control.on('error', report);

  return {
    publish: (request, type, content) => void iopub.send(encode(type, content, request, key)).catch(report),
    reply: (request, type, content) => wayBack.get(request)?.(encode(type, content, request, key)),
    end: () => control.postMessage('end'),
  };
}

/** To the server's log: a cell's output would be the wrong place, and may be what failed. */
export function report(error: unknown): void {
  const { _rawDebug } = process as unknown as { _rawDebug(text: string): void };
  _rawDebug(`kernel: ${error instanceof Error ? error.stack : error}`);
}
