import type { Upload } from "../upload.ts";

/** What happened to an upload. `reset`: the store had lost bytes that the record counted. */
export type UploadEvent =
  | {
      readonly type: "created" | "progress" | "completed" | "delivered" | "expired";
      readonly upload: Upload;
    }
  | {
      readonly type: "deleted";
      readonly upload: Pick<Upload, "id" | "ownerId" | "concat" | "version">;
    }
  | { readonly type: "reset"; readonly upload: Upload; readonly lostFrom: number };

export interface Events {
  /** Never throws and never waits: a listener cannot hold up an upload. */
  emit(event: UploadEvent): void;
  /** Events from now on until `signal` aborts. A slow reader loses the oldest of its `progress` events. */
  subscribe(signal: AbortSignal): AsyncIterable<UploadEvent>;
}
