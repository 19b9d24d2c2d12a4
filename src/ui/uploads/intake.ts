import type { FoundFile } from "../../client/react/read-drop.ts";
import type { UploadView } from "../../wire/schemas.ts";

/** A file that the user has uploaded before: name, folder, size and content are the same. */
export interface FileHere extends FoundFile {
  /** Unique within the list. */
  readonly key: string;
  readonly view: Pick<UploadView, "id" | "createdAt">;
}

export interface IntakeSnapshot {
  /** Files that are being compared with the uploads on the server. */
  readonly checking: number;
  /** Files that are not sent unless the user wants a second copy. */
  readonly here: readonly FileHere[];
}

interface IntakeDependencies {
  /** The user's complete upload of the same file; null when there is none. */
  readonly existing: (found: FoundFile) => Promise<FileHere["view"] | null>;
  /** The same for the same file. */
  readonly keyOf: (found: FoundFile) => string;
  /** The user chose files: what is paused before this moment does not count for them. */
  readonly chosen: () => void;
  /** Sends files that were chosen before. */
  readonly send: (files: readonly FoundFile[]) => void;
}

/** Takes files before they are sent, and keeps back those that are on the server already. */
export class Intake {
  readonly #deps: IntakeDependencies;
  readonly #listeners = new Set<() => void>();
  #snapshot: IntakeSnapshot = { checking: 0, here: [] };
  /** Counts `cancel`: checks that began before one do not count any more. */
  #round = 0;
  /** What was found out since the listeners were called last. */
  #checked = 0;
  #wanted: FoundFile[] = [];
  #found: FileHere[] = [];

  constructor(deps: IntakeDependencies) {
    this.#deps = deps;
  }

  /** The same object until something changes. */
  readonly snapshot = (): IntakeSnapshot => this.#snapshot;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Sends `files`, but for those that are on the server already. */
  offer(files: readonly FoundFile[]): void {
    if (files.length === 0) return;
    this.#deps.chosen();
    this.#set({ checking: this.#snapshot.checking + files.length });
    for (const file of files) void this.#check(file, this.#round);
  }

  /** Sends a file although it is on the server already. */
  keepBoth(key: string): void {
    const { here } = this.#snapshot;
    this.#deps.chosen();
    this.#deps.send(here.filter((file) => file.key === key));
    this.#set({ here: here.filter((file) => file.key !== key) });
  }

  /** Sends all of them. */
  keepAll(): void {
    this.#deps.chosen();
    this.#deps.send(this.#snapshot.here);
    this.dismiss();
  }

  /** Forgets the files that are on the server already. */
  dismiss(): void {
    this.#set({ here: [] });
  }

  /** Forgets the files that are being compared: they are not sent. */
  cancel(): void {
    this.#round += 1;
    this.#checked = 0;
    this.#wanted = [];
    this.#found = [];
    this.#set({ checking: 0 });
  }

  async #check(file: FoundFile, round: number): Promise<void> {
    // What cannot be found out must not keep a file from being sent: sending says what is wrong.
    const view = await this.#deps.existing(file).catch(() => null);
    if (round !== this.#round) return;
    if (view === null) this.#wanted.push(file);
    else this.#found.push({ ...file, key: this.#deps.keyOf(file), view });
    this.#checked += 1;
    // One request is about many files: they are passed on together.
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
