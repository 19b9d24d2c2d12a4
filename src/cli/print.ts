import type { Facts } from "../server/operator-commands.ts";

/** The text output of the operator's commands. Results go to standard output, the rest to standard error. */

export function printJson(facts: Facts): void {
  console.log(JSON.stringify(facts));
}

/** The progress line of a sweep. */
export function sweepProgress({ looked, files, bytes }: Facts, dryRun: boolean): string {
  const verb = dryRun ? "would remove" : "removed";
  return `${looked} checked, ${verb} ${count(files, "file")} (${bytes} bytes)`;
}

/** A progress line on standard error: rewritten on a terminal, otherwise one line at most every 10 s. */
export class ProgressLine {
  #shown = 0;
  #at = performance.now();

  show(text: string): void {
    if (process.stderr.isTTY) {
      process.stderr.write(`\r${text.padEnd(this.#shown)}`);
      this.#shown = text.length;
    } else if (performance.now() - this.#at >= 10_000) {
      this.#at = performance.now();
      process.stderr.write(`${text}\n`);
    }
  }

  /** Removes the line from the terminal. */
  clear(): void {
    if (this.#shown > 0) process.stderr.write(`\r${" ".repeat(this.#shown)}\r`);
  }
}

export function printSweep(facts: Facts, dryRun: boolean): void {
  const { files, records, bytes, strays, stopped } = facts;
  if (stopped === true) console.log("Stopped before completion.");
  const verb = dryRun ? "Would remove" : "Removed";
  console.log(`${verb} ${count(files, "file")} (${bytes} bytes) and ${count(records, "record")}.`);
  const keys = Array.isArray(strays) ? strays : [];
  if (keys.length === 0) return;
  console.log("Finished files without a record (never removed):");
  for (const key of keys) console.log(`  ${key}`);
}

export function printFinding({ id, filename, problem }: Facts): void {
  console.log(`${problem === null ? "ok" : String(problem)}  ${id}  ${filename}`);
}

export function printBackup({ directory, database, files, bytes, inBucket }: Facts): void {
  const what = database === null ? "" : "the database and ";
  console.log(`Copied ${what}${count(files, "finished file")} (${bytes} bytes) to ${directory}.`);
  if (inBucket === true) console.log("The files stay in the bucket: back it up separately.");
}

export function printVerified({ checked, damaged, stopped }: Facts): void {
  if (stopped === true) console.log("Stopped before completion.");
  console.log(`${checked} checked, ${damaged} damaged.`);
}

export function printUser({ email, role, password }: Facts): void {
  console.log(`${role === "admin" ? "Administrator" : "User"} ${email} added.`);
  if (password !== undefined) console.log(`Password (shown only once): ${password}`);
}

export function printPassword({ email, password }: Facts): void {
  console.log(`Changed the password of ${email} and ended all sessions of this user.`);
  if (password !== undefined) console.log(`Password (shown only once): ${password}`);
}

export function printRevoked({ email, tokens, sessions }: Facts): void {
  console.log(
    `Revoked for ${email}: ${count(sessions, "session")}, ${count(tokens, "API token")} and all upload tickets.`,
  );
}

/** Prints only the token to standard output, so that a script can read it. */
export function printToken({ token, expiresAt }: Facts): void {
  console.error(expiresAt ? `Valid until ${expiresAt}. Shown only once:` : "Shown only once:");
  console.log(token);
}

export function count(number: unknown, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}
