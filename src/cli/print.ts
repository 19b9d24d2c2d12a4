import type { Facts } from "../server/operator-commands.ts";

/** What commands say in words, on standard output; only what scripts want is there. */

export function printJson(facts: Facts): void {
  console.log(JSON.stringify(facts));
}

export function printSweep({ files, records, bytes, strays }: Facts, dryRun: boolean): void {
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

export function printVerified({ checked, damaged }: Facts): void {
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

/** The token alone goes to standard output, so that a script can take it. */
export function printToken({ token, expiresAt }: Facts): void {
  console.error(expiresAt ? `Valid until ${expiresAt}, shown this once:` : "Shown this once:");
  console.log(token);
}

function count(number: unknown, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}
