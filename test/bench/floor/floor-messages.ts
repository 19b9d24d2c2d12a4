/** A task for the worker. It posts the task back once it is done. */
export type FloorTask =
  | { readonly do: "open"; readonly path: string }
  /** Hashes and writes the first `bytes` of a block at `position` of the file. */
  | {
      readonly do: "write";
      readonly block: number;
      readonly bytes: number;
      readonly position: number;
    }
  | { readonly do: "sync" };

export interface FloorWorkerData {
  readonly memory: WebAssembly.Memory;
  readonly blockBytes: number;
  /** A digest of the service, or "none". */
  readonly digest: string;
}
