/** What the hashing thread is told, in the order in which it takes effect. */
export type HashCommand =
  | {
      readonly do: "start";
      readonly digest: number;
      readonly algorithm: string;
      /** The library's own state to go on from; null for a fresh digest. */
      readonly state: Uint8Array | null;
    }
  | { readonly do: "feed"; readonly digest: number; readonly at: number; readonly length: number }
  | { readonly do: "save" | "hex"; readonly digest: number; readonly question: number }
  | { readonly do: "release"; readonly digest: number };

/** What the thread answers to each batch of commands. */
export interface HashReply {
  /** Bytes of the ring that are free again. */
  readonly freed: number;
  readonly answers: readonly HashAnswer[];
}

export type HashAnswer =
  | { readonly question: number; readonly value: Uint8Array | string }
  | { readonly question: number; readonly failure: string };
