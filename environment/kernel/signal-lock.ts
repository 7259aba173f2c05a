/**
 * Keeps the stop button's signal away from the moments in which it would end the kernel.
 *
 * To make a script stoppable, Node takes the process's own handlers of SIGINT away, sets its own, and later puts the
 * first ones back. In between, for some microseconds around every cell, SIGINT has its default effect. The thread that
 * sends the signal and the thread that runs the cells therefore hold this lock, each during its own critical moments.
 */
export interface SignalLock {
  /** What the other thread needs to hold the same lock. */
  shared: SharedArrayBuffer;
  tryAcquire(): boolean;
  acquire(): void;
  /** Does nothing unless this thread holds the lock: a script may be stopped right before or right after it does. */
  release(): void;
}

const free = 0;

/** @param owner  a number from 1 that tells the threads apart */
export function createSignalLock(
  owner: number,
  shared = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT),
): SignalLock {
  const holder = new Int32Array(shared);
  return {
    shared,
    tryAcquire: () => Atomics.compareExchange(holder, 0, free, owner) === free,
    acquire() {
      for (;;) {
        const other = Atomics.compareExchange(holder, 0, free, owner);
        if (other === free) return;
        Atomics.wait(holder, 0, other);
      }
    },
    release() {
      if (Atomics.compareExchange(holder, 0, owner, free) === owner) Atomics.notify(holder, 0);
    },
  };
}

/** The owners of the lock. */
export const cellsThread = 1;
export const controlThread = 2;

/** Sends the signal and gives it time to be delivered, which may happen on another thread, before the lock is free. */
export function interruptProcess(lock: SignalLock): void {
  lock.acquire();
  process.kill(process.pid, 'SIGINT');
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, deliveryMilliseconds);
  lock.release();
}

/** A signal to the own process takes microseconds. */
const deliveryMilliseconds = 5;
