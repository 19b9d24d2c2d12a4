import { MessageChannel } from "node:worker_threads";

/** A closed line: what is moved into it is gone. */
const nowhere = new MessageChannel().port1;
nowhere.close();

/**
 * Frees the memory of a piece that came off a socket, at once; the piece is empty afterwards. Left to
 * the collector, bodies at full speed make it run over the whole heap every few dozen MB, and each
 * piece takes new memory, which the system must hand out page by page. Freed at once, the same few
 * pages, warm in the processor's cache, serve for all.
 */
export function freeMemory(piece: Uint8Array): void {
  const { buffer } = piece;
  // A part of something larger is not ours to free.
  if (piece.byteLength !== buffer.byteLength || !(buffer instanceof ArrayBuffer)) return;
  try {
    nowhere.postMessage(null, [buffer]);
  } catch {
    // Newer versions of Node throw for memory that cannot be transferred or is already detached.
  }
}
