/** What a hashing thread is told, in the order in which it takes effect. */
export type HashCommand =
  | {
      readonly do: "start";
      readonly digest: number;
      readonly algorithm: string;
      /** The library's own state to go on from; null for a fresh digest. */
      readonly state: Uint8Array | null;
    }
  | {
      readonly do: "update";
      readonly digest: number;
      /** Copied on the way, unless its memory is shared. */
      readonly bytes: Uint8Array;
      readonly question: number;
    }
  | { readonly do: "save" | "hex"; readonly digest: number; readonly question: number }
  | { readonly do: "release"; readonly digest: number };

/** What it answers: `value` null says that an update is done with its bytes. */
export type HashAnswer =
  | { readonly question: number; readonly value: Uint8Array | string | null }
  | { readonly question: number; readonly failure: string };
