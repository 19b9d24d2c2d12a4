import { createHash, randomUUID } from "node:crypto";
import type { UploadsApi } from "../../../src/client/control.ts";
import { UploadFailure } from "../../../src/client/failure.ts";
import type { ChunkRequest, ChunkTransport } from "../../../src/client/runtime.ts";
import { readFilename } from "../../../src/core/begin/filename.ts";
import { addRange, type ByteRange, missingRanges, prefixLength } from "../../../src/core/ranges.ts";
import type { UploadView } from "../../../src/wire/schemas.ts";

type View = Awaited<ReturnType<UploadsApi["status"]["query"]>>;
export type Call =
  | "init"
  | "status"
  | "complete"
  | "list"
  | "resumable"
  | "existing"
  | "delete"
  | "put";

/** A failure of a call, before it reaches the server or after the server has processed it. */
export interface Fault {
  readonly when: "before" | "after";
  readonly failure: UploadFailure;
  /** For a chunk: how many of its bytes arrived before the connection was cut. */
  readonly arrived?: number;
}

interface Held {
  bytes: Uint8Array<ArrayBuffer>;
  ranges: ByteRange[];
  filename: string;
  status: UploadView["status"];
  checksum: string | null;
  /** null: the length is deferred; `bytes` grows. */
  size?: number | null;
  completion?: UploadView["completion"];
  /** Default: the default profile. */
  profile?: string | undefined;
  metadata?: UploadView["metadata"] | undefined;
  path?: string | null | undefined;
}

/** A server in memory with the rules of the raw door and injected faults. */
export class FakeServer {
  readonly uploads = new Map<string, Held>();
  readonly calls: string[] = [];
  readonly sent: ByteRange[] = [];
  /** Called before every call; returns its fault. */
  faults: (call: Call, count: number) => Fault | null = () => null;
  /** The number of files in each call of `existing`. */
  readonly lookupSizes: number[] = [];
  /** Runs while a chunk is in flight, before it arrives. */
  onPut: (request: ChunkRequest) => Promise<void> | void = () => undefined;
  /** Whether a list contains all uploads. */
  listsAll = true;
  /** The state of `onComplete` when an upload completes. */
  completion: UploadView["completion"] = null;
  readonly #counts = new Map<Call, number>();

  constructor(readonly chunkSize = 100) {}

  readonly api: UploadsApi = {
    init: {
      mutate: (input) =>
        this.#serve("init", () => {
          const id = randomUUID();
          const bytes = new Uint8Array(input.size ?? 0);
          this.uploads.set(id, {
            bytes,
            ranges: [],
            filename: input.filename,
            status: "uploading",
            checksum: null,
            size: input.size ?? null,
            profile: input.profile,
            path: input.path,
            metadata: input.metadata as UploadView["metadata"] | undefined,
          });
          return this.view(id);
        }),
    },
    status: { query: ({ id }) => this.#serve("status", () => this.view(id)) },
    list: {
      query: () =>
        this.#serve("list", () => ({
          items: [...this.uploads]
            .filter(([, held]) => held.status === "uploading")
            .map(([id]) => ({ ...this.view(id), prefix: null })),
          nextCursor: this.listsAll ? null : "more",
        })),
    },
    resumable: {
      query: ({ filename, size }) =>
        this.#serve("resumable", () =>
          [...this.uploads]
            .filter(
              ([, held]) =>
                held.status === "uploading" &&
                held.filename === readFilename(filename) &&
                held.bytes.length === size,
            )
            .map(([id]) => ({ ...this.view(id), prefix: null })),
        ),
    },
    existing: {
      query: (files) =>
        this.#serve("existing", () => {
          this.lookupSizes.push(files.length);
          return files.map(({ filename, size, path }) =>
            [...this.uploads.keys()]
              .map((id) => this.view(id))
              .filter(
                (view) =>
                  view.status === "complete" &&
                  view.filename === filename &&
                  view.size === size &&
                  view.path === (path ?? null),
              ),
          );
        }),
    },
    // This server takes no direct uploads.
    parts: { mutate: () => Promise.reject(new UploadFailure("INVALID_INPUT")) },
    complete: {
      mutate: ({ id, checksum }) => this.#serve("complete", () => this.#complete(id, checksum)),
    },
    delete: {
      mutate: ({ id }) =>
        this.#serve("delete", () => {
          this.uploads.delete(id);
          return { id };
        }),
    },
  };

  readonly transport: ChunkTransport = {
    putPart: () => Promise.reject(new UploadFailure("INVALID_INPUT")),
    putChunk: async (request) => {
      const fault = this.#fault("put");
      if (fault?.when === "before" && fault.arrived === undefined) throw fault.failure;
      request.onSent(request.end - request.start);
      await this.onPut(request);
      if (request.signal.aborted) throw new UploadFailure("ABORTED");
      await this.#store(request, fault?.arrived ?? null);
      if (fault !== null) throw fault.failure;
    },
  };

  view(id: string): View {
    const held = this.#find(id);
    const offset = prefixLength(held.ranges);
    return {
      id,
      url: `http://elsewhere/api/uploads/${id}`,
      filename: held.filename,
      path: held.path ?? null,
      contentType: null,
      profile: held.profile ?? "default",
      metadata: held.metadata ?? {},
      size: held.size === null ? null : held.bytes.length,
      chunkSize: this.chunkSize,
      offset,
      received: held.ranges.map((range) => [range.start, range.end] as const),
      prefix: offset > 0 ? { length: offset, checksum: md5(held.bytes.subarray(0, offset)) } : null,
      status: held.status,
      completion: held.completion ?? null,
      checksum: held.checksum,
      checksumAlgorithm: "md5",
      transfer: "server",
      verifiedBy: held.status === "complete" ? "server" : null,
      createdAt: new Date(0),
      expiresAt: new Date(0),
      completedAt: held.status === "complete" ? new Date(0) : null,
      fileUrl: held.status === "complete" ? `http://elsewhere/api/uploads/${id}/file` : null,
      data: null,
    };
  }

  /** An unfinished upload that holds `bytes` at `start`. */
  plant(
    filename: string,
    size: number,
    held: { start: number; bytes: Uint8Array; path?: string },
  ): string {
    const id = randomUUID();
    const bytes = new Uint8Array(size);
    bytes.set(held.bytes, held.start);
    const ranges = addRange([], { start: held.start, end: held.start + held.bytes.length });
    this.uploads.set(id, {
      bytes,
      ranges,
      filename,
      path: held.path,
      status: "uploading",
      checksum: null,
    });
    return id;
  }

  /** The only upload. Throws when there are several or none. */
  only(): { id: string; bytes: Uint8Array<ArrayBuffer>; status: string } {
    const [entry, ...others] = this.uploads;
    if (entry === undefined || others.length > 0)
      throw new Error(`${this.uploads.size} uploads, not one`);
    return { id: entry[0], ...entry[1] };
  }

  count(call: Call): number {
    return this.#counts.get(call) ?? 0;
  }

  #find(id: string): Held {
    const held = this.uploads.get(id);
    if (held === undefined) throw new UploadFailure("NOT_FOUND");
    return held;
  }

  async #serve<T>(call: Call, work: () => T): Promise<T> {
    await Promise.resolve();
    const fault = this.#fault(call);
    if (fault?.when === "before") throw fault.failure;
    const response = work();
    if (fault !== null) throw fault.failure;
    return response;
  }

  #fault(call: Call): Fault | null {
    this.calls.push(call);
    const count = this.count(call) + 1;
    this.#counts.set(call, count);
    return this.faults(call, count);
  }

  #complete(id: string, checksum: string | undefined): View {
    const held = this.#find(id);
    if (held.status === "expired") throw new UploadFailure("EXPIRED");
    const missing = missingRanges(held.ranges, { start: 0, end: held.bytes.length });
    if (missing.length > 0) throw new UploadFailure("INCOMPLETE");
    if (checksum !== md5(held.bytes)) throw new UploadFailure("CHECKSUM_MISMATCH");
    held.status = "complete";
    held.size = held.bytes.length;
    held.completion = this.completion;
    held.checksum = checksum;
    return this.view(id);
  }

  async #store(request: ChunkRequest, cutAfter: number | null): Promise<void> {
    const id = request.url.split("/").at(-1) ?? "";
    const held = this.#find(id);
    if (held.status === "expired") throw new UploadFailure("EXPIRED");
    if (held.status === "complete") throw new UploadFailure("ALREADY_COMPLETE");
    const offset = prefixLength(held.ranges);
    const aligned = request.start % this.chunkSize === 0;
    if (request.start !== offset && !aligned) {
      throw new UploadFailure("OFFSET_MISMATCH", { details: { expected_offset: offset } });
    }
    const body = new Uint8Array(await request.body.arrayBuffer());
    const arrived = cutAfter === null ? null : Math.min(cutAfter, body.length);
    // Out of order, a body is kept whole or not at all.
    if (held.size === null && request.end > held.bytes.length) {
      const longer = new Uint8Array(request.end);
      longer.set(held.bytes);
      held.bytes = longer;
    }
    if (held.size === null && request.total !== null) held.size = request.total;
    const kept = arrived === null || request.start === offset ? (arrived ?? body.length) : 0;
    held.bytes.set(body.subarray(0, kept), request.start);
    held.ranges = addRange(held.ranges, { start: request.start, end: request.start + kept });
    this.sent.push({ start: request.start, end: request.start + (arrived ?? body.length) });
  }
}

export function md5(bytes: Uint8Array): string {
  return createHash("md5").update(bytes).digest("hex");
}
