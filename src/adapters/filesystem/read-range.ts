import type { FileHandle } from "node:fs/promises";
import type { ByteRange } from "../../core/ranges.ts";
import { storeFailure, unavailable } from "./failure.ts";

const BLOCK_BYTES = 256 * 1024;

async function readBlock(file: FileHandle, position: number, end: number): Promise<Buffer> {
  const block = Buffer.allocUnsafeSlow(Math.min(BLOCK_BYTES, end - position));
  const { bytesRead } = await file.read(block, 0, block.length, position);
  if (bytesRead === 0) throw unavailable(`the file ends at ${position}, before ${end}`);
  return block.subarray(0, bytesRead);
}

async function* readBlocks(file: FileHandle, range: ByteRange): AsyncGenerator<Uint8Array> {
  let position = range.start;
  let next: Promise<Buffer> | null = readBlock(file, position, range.end);
  while (next !== null) {
    const block: Buffer = await next;
    position += block.length;
    // Read one block ahead while the consumer processes this one.
    next = position < range.end ? readBlock(file, position, range.end) : null;
    next?.catch(() => undefined);
    yield block;
  }
}

/**
 * The bytes of a range in blocks of at most 256 KiB, each a new buffer. The file is opened with the first
 * block and closed when the consumer stops. UNAVAILABLE if the file is too short.
 */
export async function* readRange(
  open: () => Promise<FileHandle>,
  range: ByteRange,
): AsyncGenerator<Uint8Array> {
  if (range.end <= range.start) return;
  try {
    const file = await open();
    try {
      yield* readBlocks(file, range);
    } finally {
      await file.close();
    }
  } catch (error) {
    throw storeFailure(error);
  }
}
