/**
 * Answers Jupyter's requests.
 *
 * Cells wait in a queue and run one at a time. Everything else (completion, inspection, information) is answered at
 * once, also while a cell awaits.
 *
 * Reference: jupyter_client documentation, "Messaging in Jupyter", protocol 5.3.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { bundleOf, createCellOutputs } from './cell-outputs';
import { type Channels, type Connection, openChannels, report } from './channels';
import { createCompiler } from './compiler';
import { createExecutor } from './executor';
import { complete, inspect } from './help';
import { createInterrupts } from './interrupts';
import { createModuleRefresh } from './library';
import { type Content, type Message, protocolVersion } from './messages';
import { cellsThread, createSignalLock } from './signal-lock';
import { createTracebacks } from './traceback';

interface ExecuteContent {
  code: string;
  silent?: boolean;
  store_history?: boolean;
  stop_on_error?: boolean;
}

/**
 * @param root            the repository: its tsconfig.json rules the cells, its lib/ is loaded again when edited
 * @param connectionFile  ports and key, written by Jupyter
 */
export async function startKernel(root: string, connectionFile: string): Promise<void> {
  const interrupts = createInterrupts();
  // Before the slow part of the start: an early press of the stop button must not end the kernel.
  process.on('SIGINT', interrupts.interrupt);
  const compiler = createCompiler(root);
  const tracebacks = createTracebacks(root, interrupts);
  const lock = createSignalLock(cellsThread);
  const refreshLibrary = createModuleRefresh(path.join(root, 'lib'));
  const executor = createExecutor(compiler, interrupts, tracebacks, lock, refreshLibrary);
  const outputs = createCellOutputs(interrupts.signal);

  process.on('uncaughtException', (error) => console.error(tracebacks.describe(error).join('\n')));
  process.on('unhandledRejection', (reason) => {
    // An interrupt rejects awaits in the background, too, and nobody needs to hear of those.
    if ((reason as Error | undefined)?.name !== 'KeyboardInterrupt')
      console.error(['Unhandled rejection:', ...tracebacks.describe(reason)].join('\n'));
  });

  const connection: Connection = JSON.parse(readFileSync(connectionFile, 'utf8'));
  let executionCount = 0;
  let silentCount = 0;
  let arrived = 0;
  let abortUntil = 0;
  let running: Message | undefined;
  let lastCell = Promise.resolve();

  const publishStatus = (request: Message, state: 'busy' | 'idle') =>
    channels.publish(request, 'status', { execution_state: state });

  async function runCell(request: Message, number: number): Promise<void> {
    running = request;
    publishStatus(request, 'busy');
    try {
      const { stop_on_error } = request.content as unknown as ExecuteContent;
      if (number <= abortUntil) channels.reply(request, 'execute_reply', { status: 'aborted' });
      else if (!(await execute(request)) && stop_on_error !== false) abortUntil = await lastArrived();
    } finally {
      running = undefined;
      publishStatus(request, 'idle');
    }
  }

  /** Number of the last cell that was sent together with the one that failed: those may still wait in the socket. */
  async function lastArrived(): Promise<number> {
    for (let before = -1; before !== arrived; ) {
      before = arrived;
      await delay(20);
    }
    return arrived;
  }

  async function execute(request: Message): Promise<boolean> {
    const { code, silent = false, store_history = true } = request.content as unknown as ExecuteContent;
    const publish = (type: string, content: Content) => channels.publish(request, type, content);
    if (!silent && store_history) executionCount++;
    const name = silent || !store_history ? `cell[s${++silentCount}]` : `cell[${executionCount}]`;
    outputs.beginCell(publish);
    if (!silent) publish('execute_input', { code, execution_count: executionCount });
    try {
      const value = await executor.execute(name, code);
      const data = value === undefined || silent ? undefined : await bundleOf(value);
      outputs.flush();
      if (data) publish('execute_result', { execution_count: executionCount, data, metadata: {} });
      const content = { status: 'ok', execution_count: executionCount, payload: [], user_expressions: {} };
      channels.reply(request, 'execute_reply', content);
      return true;
    } catch (thrown) {
      outputs.flush();
      const error = {
        ename: (thrown as Error | undefined)?.name ?? 'Error',
        evalue: String((thrown as Error | undefined)?.message ?? thrown),
        traceback: tracebacks.describe(thrown),
      };
      publish('error', error);
      channels.reply(request, 'execute_reply', { status: 'error', execution_count: executionCount, ...error });
      return false;
    }
  }

  function isComplete({ code }: { code: string }): Content {
    const { completed, indent } = compiler.isComplete(code);
    return completed ? { status: 'complete' } : { status: 'incomplete', indent: indent ?? '' };
  }

  const kernelInfo = (): Content => ({
    protocol_version: protocolVersion,
    implementation: 'typescript-notebook',
    implementation_version: '1.0.0',
    banner: `TypeScript ${compiler.typescriptVersion} on Node ${process.version}`,
    help_links: [],
    language_info: {
      name: 'typescript',
      version: compiler.typescriptVersion,
      mimetype: 'text/typescript',
      file_extension: '.ts',
      pygments_lexer: 'typescript',
      nbconvert_exporter: 'script',
      // Without it JupyterLab colours cells as JavaScript.
      codemirror_mode: 'typescript',
    },
  });

  const answers: Record<string, (content: never) => Content> = {
    kernel_info_request: kernelInfo,
    complete_request: (content) => complete(executor, content),
    inspect_request: (content) => inspect(executor, content),
    is_complete_request: isComplete,
    comm_info_request: () => ({ comms: {} }),
    history_request: () => ({ history: [] }),
    shutdown_request: ({ restart }: { restart?: boolean }) => ({ restart: restart ?? false }),
  };

  function onRequest(request: Message): void {
    const type = request.header.msg_type;
    if (type === 'execute_request') {
      const number = ++arrived;
      lastCell = lastCell.then(() => runCell(request, number)).catch(report);
      return;
    }
    publishStatus(request, 'busy');
    try {
      const answer = answers[type]?.(request.content as never);
      if (answer) channels.reply(request, type.replace('_request', '_reply'), { status: 'ok', ...answer });
      // The protocol's answer to a channel for widgets, which no cell here listens to.
      if (type === 'comm_open') channels.publish(request, 'comm_close', { comm_id: request.content.comm_id, data: {} });
    } finally {
      publishStatus(request, 'idle');
      // Listeners take the last status for the kernel's, whatever request it belongs to.
      if (running) publishStatus(running, 'busy');
    }
    if (type === 'shutdown_request') channels.end();
  }

  const channels: Channels = await openChannels(connection, lock, onRequest);
}
