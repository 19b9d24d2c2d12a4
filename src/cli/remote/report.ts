import type { UploadSnapshot } from "../../client/snapshot.ts";
import type { UploadView } from "../../wire/schemas.ts";
import type { ErrorMessage } from "./error-messages.ts";
import type { SkippedEntry } from "./find-files.ts";

/** Reports one file: `moved` any number of times, then exactly one of the others. */
export interface FileReport {
  moved(snapshot: UploadSnapshot): void;
  done(view: UploadView, how: Finish): void;
  failed(problem: ErrorMessage, id: string | null): void;
  paused(state: PausedUpload): void;
}

/** How a file was finished: in this run, with its duration, or in an earlier run of the same command. */
export type Finish = { readonly seconds: number } | "before";

/** A paused upload. Sizes are bytes; `id` is null if it was not created on the server. */
export interface PausedUpload {
  readonly id: string | null;
  readonly kept: number;
  readonly size: number | null;
  /** False if the upload cannot be resumed; it is then deleted. */
  readonly resumable: boolean;
}

/** The totals of a command. `bytes`: total size of the files finished in this run. */
export interface Totals {
  readonly done: number;
  readonly failed: number;
  readonly paused: number;
  /** Files that were not started. */
  readonly untouched: number;
  readonly bytes: number;
  readonly seconds: number;
  /** The command that resumes; null if nothing was interrupted. */
  readonly resume: string | null;
}

/** Reports the progress of an upload command. */
export interface UploadReport {
  /** An entry of a directory is not sent. Called before `file`. */
  skipped(entry: SkippedEntry): void;
  /** A file is started. `size` in bytes; null if unknown. */
  file(shown: string, size: number | null): FileReport;
  end(totals: Totals): void;
  /** Restores the terminal, for an early exit. */
  close(): void;
}

/** The expected totals. Streams count as 0 bytes. */
export interface Expected {
  readonly files: number;
  readonly bytes: number;
}
