/**
 * Keeps TensorFlow usable after a cell was stopped in the middle of an operation.
 *
 * Node stops a script that never gives way without running its `finally` blocks, and TensorFlow.js counts what is open
 * there: a stopped `tidy` would collect every later tensor, a stopped kernel would switch gradients off for good.
 */

/** The parts of tfjs-core's engine (4.22) that its own `finally` blocks would have put back. */
interface Engine {
  state: {
    scopeStack: unknown[];
    kernelDepth: number;
    gradientDepth: number;
    activeTape: unknown;
    numDataMovesStack: unknown[];
  };
  endScope(): void;
}

/** @returns a function that closes, and disposes of, what was opened since; to be called after a stop only */
export function rememberOpenScopes(): () => void {
  const engine = () => (globalThis as { _tfengine?: Engine })._tfengine;
  const before = { ...engine()?.state };
  const scopes = before.scopeStack?.length ?? 0;
  const moves = before.numDataMovesStack?.length ?? 0;

  return () => {
    const open = engine();
    if (!open) return;
    const { state } = open;
    state.kernelDepth = before.kernelDepth ?? 0;
    state.gradientDepth = before.gradientDepth ?? 0;
    state.activeTape = before.activeTape ?? null;
    state.numDataMovesStack.length = Math.min(state.numDataMovesStack.length, moves);
    while (state.scopeStack.length > scopes) open.endScope();
  };
}
