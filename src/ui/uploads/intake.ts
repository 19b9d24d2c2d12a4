import type { FoundFile } from "../../client/react/read-drop.ts";
import type { UploadView } from "../../wire/schemas.ts";

/** A file that the user has already uploaded: with the same name, folder, size and content. */
export interface FileHere extends FoundFile {
  /** Unique within the list. */
  readonly key: string;
  readonly view: Pick<UploadView, "id" | "createdAt">;
}

export interface IntakeSnapshot {
  /** Number of files that are being compared with the uploads on the server. */
  readonly checking: number;
  /** Files that are only sent if the user wants a second copy. */
  readonly here: readonly FileHere[];
}

interface IntakeDependencies {
  /** Returns the user's complete upload of the same file; null if there is none. */
  readonly existing: (found: FoundFile) => Promise<FileHere["view"] | null>;
  /** Returns equal keys for the same file. */
  readonly keyOf: (found: FoundFile) => string;
  /** Called when the user chooses files: an earlier "Pause all" does not apply to them. */
  readonly chosen: () => void;
  /** Sends chosen files. */
  readonly send: (files: readonly FoundFile[]) => void;
}

/** Checks chosen files before they are sent, and holds back those that are already on the server. */
export class Intake {
  readonly #deps: IntakeDependencies;
  readonly #listeners = new Set<() => void>();
  #snapshot: IntakeSnapshot = { checking: 0, here: [] };
  /** Incremented by `cancel`: results of earlier checks are ignored. */
  #round = 0;
  /** Results since the last batch. */
  #checked = 0;
  #wanted: FoundFile[] = [];
  #found: FileHere[] = [];

  constructor(deps: IntakeDependencies) {
    this.#deps = deps;
  }

  /** Returns the same object until the state changes. */
  readonly snapshot = (): IntakeSnapshot => this.#snapshot;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Sends `files`, except those that are already on the server. */
  offer(files: readonly FoundFile[]): void {
    if (files.length === 0) return;
    this.#deps.chosen();
    this.#set({ checking: this.#snapshot.checking + files.length });
    for (const file of files) void this.#check(file, this.#round);
  }

  /** Sends a file that is already on the server. */
  keepBoth(key: string): void {
    const { here } = this.#snapshot;
    this.#deps.chosen();
    this.#deps.send(here.filter((file) => file.key === key));
    this.#set({ here: here.filter((file) => file.key !== key) });
  }

  /** Sends all files that are already on the server. */
  keepAll(): void {
    this.#deps.chosen();
    this.#deps.send(this.#snapshot.here);
    this.dismiss();
  }

  /** Clears the list of files that are already on the server. */
  dismiss(): void {
    this.#set({ here: [] });
  }

  /** Drops the files that are being compared. They are not sent. */
  cancel(): void {
    this.#round += 1;
    this.#checked = 0;
    this.#wanted = [];
    this.#found = [];
    this.#set({ checking: 0 });
  }

  async #check(file: FoundFile, round: number): Promise<void> {
    // If the check fails, the file is sent anyway, and the upload reports the error.
    const view = await this.#deps.existing(file).catch(() => null);
    if (round !== this.#round) return;
    if (view === null) this.#wanted.push(file);
    else this.#found.push({ ...file, key: this.#deps.keyOf(file), view });
    this.#checked += 1;
    // One request checks many files; their results are processed together.
    if (this.#checked === 1) setTimeout(() => this.#passOn(), 0);
  }

  #passOn(): void {
    const [checked, wanted, found] = [this.#checked, this.#wanted, this.#found];
    this.#checked = 0;
    this.#wanted = [];
    this.#found = [];
    if (wanted.length > 0) this.#deps.send(wanted);
    const here = new Map([...this.#snapshot.here, ...found].map((file) => [file.key, file]));
    this.#set({ checking: this.#snapshot.checking - checked, here: [...here.values()] });
  }

  #set(changes: Partial<IntakeSnapshot>): void {
    this.#snapshot = { ...this.#snapshot, ...changes };
    for (const listener of this.#listeners) listener();
  }
}
