import type { FailureCode } from "../failure.ts";

/** What the page sends to the hash worker. A session reads one file, or takes one stream, from front to back. */
export type HashAsk =
  | {
      readonly type: "open";
      readonly session: number;
      /** null: the bytes come by `update`. */
      readonly file: Blob | null;
      readonly algorithm: string;
    }
  | {
      readonly type: "update";
      readonly session: number;
      readonly ask: number;
      readonly bytes: Uint8Array;
    }
  | {
      readonly type: "digest";
      readonly session: number;
      readonly ask: number;
      /** Of a file: how many of its bytes. Of a stream: everything so far. */
      readonly length: number;
    }
  | { readonly type: "stop"; readonly session: number; readonly ask: number }
  | { readonly type: "close"; readonly session: number };

/** What the worker sends to the page. `ready` comes first. `bytes` counts from the file's beginning. */
export type HashAnswer =
  | { readonly type: "ready" }
  | { readonly type: "read"; readonly ask: number; readonly bytes: number }
  | { readonly type: "updated"; readonly ask: number }
  | { readonly type: "digest"; readonly ask: number; readonly checksum: string }
  | {
      readonly type: "failed";
      readonly ask: number;
      readonly code: FailureCode;
      readonly message: string;
    };
