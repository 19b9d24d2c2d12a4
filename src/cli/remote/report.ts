import type { UploadSnapshot } from "../../client/snapshot.ts";
import type { UploadView } from "../../wire/schemas.ts";
import type { Explained } from "./explain.ts";
import type { LeftOut } from "./find-files.ts";

/** Tells of one file, from its turn to its end: `moved` any number of times, then one of the others. */
export interface FileReport {
  moved(snapshot: UploadSnapshot): void;
  done(view: UploadView, how: Finish): void;
  failed(problem: Explained, id: string | null): void;
  paused(stand: Stand): void;
}

/** How a file was finished: now, in so many seconds, or by the same command before. */
export type Finish = { readonly seconds: number } | "before";

/** Where a paused upload stands. Bytes; `id` is null when it had not begun on the server. */
export interface Stand {
  readonly id: string | null;
  readonly kept: number;
  readonly size: number | null;
  /** False when what was sent cannot be used again, and is removed. */
  readonly resumable: boolean;
}

/** The whole command. `bytes` are those of the files that were finished now. */
export interface Totals {
  readonly done: number;
  readonly failed: number;
  readonly paused: number;
  /** Files whose turn never came. */
  readonly untouched: number;
  readonly bytes: number;
  readonly seconds: number;
  /** The command that continues, when something was interrupted. */
  readonly resume: string | null;
}

/** Tells a person or a script what happens. */
export interface UploadReport {
  /** Something below a directory is not sent. Before the first file's turn. */
  leftOut(entry: LeftOut): void;
  /** A file's turn has come. `size` in bytes; null where only the end will tell. */
  file(shown: string, size: number | null): FileReport;
  end(totals: Totals): void;
  /** Leaves the terminal as it was found; for an end in the middle. */
  close(): void;
}

/** What is to be sent altogether, as far as it is known before. */
export interface Expected {
  readonly files: number;
  readonly bytes: number;
}
