import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

export interface SlowLinkOptions {
  /** Scheme, host and port of the server behind. */
  readonly target: string;
  /** Milliseconds that every byte takes in one direction: half of a round trip. */
  readonly delayMs: number;
  /** Of all connections together, in each direction; without a limit when left out. */
  readonly bytesPerSecond?: number;
}

/** A long wire on loopback. */
export interface SlowLink extends AsyncDisposable {
  /** Without a trailing slash. */
  readonly url: string;
}

/** Bytes of one connection on the wire at once, as a send buffer of Linux holds at most. */
const WINDOW_BYTES = 4 * 2 ** 20;

/** Relays TCP connections; what goes in comes out whole, in order, and later. */
export async function startSlowLink(options: SlowLinkOptions): Promise<SlowLink> {
  const { hostname, port } = new URL(options.target);
  const sockets = new Set<Socket>();
  const there = new Wire(options);
  const back = new Wire(options);
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (near) => {
    const far = connect({ host: hostname, port: Number(port), allowHalfOpen: true, noDelay: true });
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.once("close", () => sockets.delete(socket));
    }
    join(near, far, there);
    join(far, near, back);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.close();
      for (const socket of sockets) socket.destroy();
      await once(server, "close");
    },
  };
}

/** One direction, shared by all connections. */
class Wire {
  readonly #delayMs: number;
  readonly #bytesPerMs: number;
  #freeAt = 0;

  constructor({ delayMs, bytesPerSecond }: SlowLinkOptions) {
    this.#delayMs = delayMs;
    this.#bytesPerMs = (bytesPerSecond ?? Number.POSITIVE_INFINITY) / 1_000;
  }

  /** How long (ms) from now until `bytes` that are put on the wire now have come out. */
  carry(bytes: number): number {
    const now = performance.now();
    this.#freeAt = Math.max(now, this.#freeAt) + bytes / this.#bytesPerMs;
    return this.#freeAt - now + this.#delayMs;
  }
}

function join(from: Socket, to: Socket, wire: Wire): void {
  const onWire: (Buffer | null)[] = [];
  let bytesOnWire = 0;
  // Timers that are due in one millisecond may fire in any order: each brings out whatever is next.
  const arrive = () => {
    const piece = onWire.shift();
    if (to.destroyed) return;
    if (piece === null || piece === undefined) return void to.end();
    to.write(piece, () => {
      bytesOnWire -= piece.length;
      if (bytesOnWire <= WINDOW_BYTES) from.resume();
    });
  };
  const put = (piece: Buffer | null) => {
    onWire.push(piece);
    setTimeout(arrive, wire.carry(piece?.length ?? 0));
  };
  from.on("data", (bytes: Buffer) => {
    bytesOnWire += bytes.length;
    if (bytesOnWire > WINDOW_BYTES) from.pause();
    put(bytes);
  });
  from.on("end", () => put(null));
  from.on("error", () => to.destroy());
  from.on("close", (failed) => {
    if (failed) to.destroy();
  });
}
