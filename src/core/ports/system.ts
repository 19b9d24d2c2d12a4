/** Time, ids and chance come in through here, so that the core can be tested without waiting. */
export interface Clock {
  now(): Date;
  /** Resolves after `ms` milliseconds, or at once when `signal` aborts. Never rejects. Does not keep the process alive. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** Resolves after the event loop has looked at every socket once. */
  turn(): Promise<void>;
}

export interface Ids {
  /** A new random UUID, lower case. */
  newId(): string;
}

export interface Logger {
  debug(facts: object, message: string): void;
  info(facts: object, message: string): void;
  warn(facts: object, message: string): void;
  error(facts: object, message: string): void;
}

/** Tells a file's type from its first bytes. */
export interface Sniffer {
  /** The media type by magic bytes; null if they identify none (for example text). */
  sniff(head: Uint8Array): Promise<string | null>;
}

/** Carries what `onComplete` returned into the record and back: anything superjson carries. */
export interface ResultCodec {
  encode(value: unknown): string;
  decode(text: string): unknown;
}
