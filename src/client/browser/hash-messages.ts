/** What the page asks of the hash worker. One session reads one file from front to back. */
export type HashAsk =
  | {
      readonly type: "open";
      readonly session: number;
      readonly file: Blob;
      readonly algorithm: string;
    }
  | {
      readonly type: "digest";
      readonly session: number;
      readonly ask: number;
      readonly length: number;
    }
  | { readonly type: "stop"; readonly session: number; readonly ask: number }
  | { readonly type: "close"; readonly session: number };

/** What it answers. `bytes` counts from the file's beginning. */
export type HashAnswer =
  | { readonly type: "read"; readonly ask: number; readonly bytes: number }
  | { readonly type: "digest"; readonly ask: number; readonly checksum: string }
  | {
      readonly type: "failed";
      readonly ask: number;
      readonly unreadable: boolean;
      readonly message: string;
    };
