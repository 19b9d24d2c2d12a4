/**
 * Blocks this thread as a suspension does: afterwards every timer is due, and what the kernel has
 * received meanwhile is read after that.
 */
export function suspend(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}
