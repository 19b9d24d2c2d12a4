import type { FailureCode } from "../failure.ts";

/** What the page sends to the hash worker. A session digests one file or one stream from start to end. */
export type HashRequest =
  | {
      readonly type: "open";
      readonly session: number;
      /** null: the bytes follow in `update` messages. */
      readonly file: Blob | null;
      readonly algorithm: string;
    }
  | {
      readonly type: "update";
      readonly session: number;
      readonly request: number;
      readonly bytes: Uint8Array;
    }
  | {
      readonly type: "digest";
      readonly session: number;
      readonly request: number;
      /** Length of the prefix of the file, in bytes. Ignored for a stream: all bytes so far. */
      readonly length: number;
    }
  | { readonly type: "stop"; readonly session: number; readonly request: number }
  | { readonly type: "close"; readonly session: number };

/** What the worker sends to the page. `ready` is the first message. `bytes` counts from the start of the file. */
export type HashResponse =
  | { readonly type: "ready" }
  | { readonly type: "read"; readonly request: number; readonly bytes: number }
  | { readonly type: "updated"; readonly request: number }
  | { readonly type: "digest"; readonly request: number; readonly checksum: string }
  | {
      readonly type: "failed";
      readonly request: number;
      readonly code: FailureCode;
      readonly message: string;
    };
