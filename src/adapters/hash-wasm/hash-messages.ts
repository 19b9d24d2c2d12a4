/** A command for a hashing thread. Commands take effect in their order. */
export type HashCommand =
  | {
      readonly do: "start";
      readonly digest: number;
      readonly algorithm: string;
      /** The library's own state to continue from; null for a new digest. */
      readonly state: Uint8Array | null;
    }
  | {
      readonly do: "update";
      readonly digest: number;
      /** Copied by the message, unless its memory is shared. */
      readonly bytes: Uint8Array;
      readonly request: number;
    }
  | { readonly do: "save" | "hex"; readonly digest: number; readonly request: number }
  | { readonly do: "release"; readonly digest: number };

/** A response of a hashing thread. `value` null: an update no longer needs its bytes. */
export type HashResponse =
  | { readonly request: number; readonly value: Uint8Array | string | null }
  | { readonly request: number; readonly failure: string };
