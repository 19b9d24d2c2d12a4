import type { Facts } from "../server/operator-commands.ts";

/** What commands say in words, on standard output; only what scripts want is there. */

export function printJson(facts: Facts): void {
  console.log(JSON.stringify(facts));
}

/** What a sweep has done so far. */
export function sweepProgress({ looked, files, bytes }: Facts, dryRun: boolean): string {
  const found = dryRun ? "would remove" : "removed";
  return `${looked} looked at, ${found} ${count(files, "file")} (${bytes} bytes)`;
}

/** One line on the standard error, for people at a terminal; elsewhere a line at most every 10 s. */
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

  /** Makes room for the result. */
  clear(): void {
    if (this.#shown > 0) process.stderr.write(`\r${" ".repeat(this.#shown)}\r`);
  }
}

export function printSweep(facts: Facts, dryRun: boolean): void {
  const { files, records, bytes, strays, stopped } = facts;
  if (stopped === true) console.log("Stopped before the end.");
  const did = dryRun ? "Would remove" : "Removed";
  console.log(`${did} ${count(files, "file")} (${bytes} bytes) and ${count(records, "record")}.`);
  const keys = Array.isArray(strays) ? strays : [];
  if (keys.length === 0) return;
  console.log("Finished files that no record names (never removed):");
  for (const key of keys) console.log(`  ${key}`);
}

export function printFinding({ id, filename, problem }: Facts): void {
  console.log(`${problem === null ? "ok" : String(problem)}  ${id}  ${filename}`);
}

export function printBackup({ directory, database, files, bytes }: Facts): void {
  const what = database === null ? "" : "the database and ";
  console.log(`Copied ${what}${count(files, "finished file")} (${bytes} bytes) to ${directory}.`);
}

export function printVerified({ checked, damaged, stopped }: Facts): void {
  if (stopped === true) console.log("Stopped before the end.");
  console.log(`${checked} checked, ${damaged} damaged.`);
}

export function printUser({ email, role, password }: Facts): void {
  console.log(`${role === "admin" ? "Administrator" : "User"} ${email} added.`);
  if (password !== undefined) console.log(`Password (shown this once): ${password}`);
}

export function printPassword({ email, password }: Facts): void {
  console.log(`The password of ${email} is changed; all sessions of theirs have ended.`);
  if (password !== undefined) console.log(`Password (shown this once): ${password}`);
}

export function printRevoked({ email, tokens, sessions }: Facts): void {
  console.log(
    `Ended for ${email}: ${count(sessions, "session")}, ${count(tokens, "API token")} and all upload tickets.`,
  );
}

/** The token alone goes to standard output, so that a script can take it. */
export function printToken({ token, expiresAt }: Facts): void {
  console.error(expiresAt ? `Valid until ${expiresAt}, shown this once:` : "Shown this once:");
  console.log(token);
}

function count(number: unknown, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}
