import { Agent } from "node:http";
import { Socket, type SocketConnectOpts } from "node:net";

export interface SlowSocketsOptions {
  /** Bytes that a socket passes to the operating system at a time. */
  readonly stepBytes: number;
  /** Milliseconds before each step. */
  readonly stepMs: number;
}

/**
 * Every new connection of `node:http` sends slowly, as over a slow network with a small send buffer:
 * a write completes when its last byte has left. On loopback the kernel buffers megabytes, so that a
 * slow receiver does not slow down the writes of a small body.
 */
export function slowSockets(options: SlowSocketsOptions): Disposable {
  const prototype = Agent.prototype as unknown as { createConnection: unknown };
  const original = prototype.createConnection;
  prototype.createConnection = (to: SocketConnectOpts) => new SlowSocket(options).connect(to);
  return {
    [Symbol.dispose]() {
      prototype.createConnection = original;
    },
  };
}

type Written = (error?: Error | null) => void;

class SlowSocket extends Socket {
  readonly #options: SlowSocketsOptions;

  constructor(options: SlowSocketsOptions) {
    super();
    this.#options = options;
  }

  override _write(bytes: Buffer | string, encoding: BufferEncoding, written: Written): void {
    const buffer = typeof bytes === "string" ? Buffer.from(bytes, encoding) : bytes;
    const { stepBytes, stepMs } = this.#options;
    setTimeout(() => {
      if (this.destroyed) return written(new Error("The connection was closed."));
      const rest = buffer.subarray(stepBytes);
      super._write(buffer.subarray(0, stepBytes), "buffer" as BufferEncoding, (error) => {
        if (error || rest.length === 0) written(error);
        else this._write(rest, encoding, written);
      });
    }, stepMs);
  }

  override _writev(
    chunks: { chunk: Buffer | string; encoding: BufferEncoding }[],
    written: Written,
  ): void {
    const buffers = chunks.map(({ chunk, encoding }) =>
      typeof chunk === "string" ? Buffer.from(chunk, encoding) : chunk,
    );
    this._write(Buffer.concat(buffers), "utf8", written);
  }
}
