import { version } from "../../package.json";
import type { DatabaseFacts } from "../adapters/prisma/database-facts.ts";
import { StartError } from "./start-error.ts";

/** The version of this code. */
export const CODE_VERSION = version;

/**
 * The lowest version that may work on a database that this code has used. Raise it to the next
 * release's version together with a migration that older code would damage or misread.
 */
export const LOWEST_VERSION = "0.1.0";

const FACT = "lowest-version";

/**
 * Refuses a database that a newer version closed to this one, and closes it to versions that are too
 * old from now on. Throws a `StartError`. `running` is the version of the code, `lowest` what it demands.
 */
export async function requireVersion(
  facts: DatabaseFacts,
  { running = CODE_VERSION, lowest = LOWEST_VERSION } = {},
): Promise<void> {
  const recorded = await facts.read(FACT);
  if (recorded !== null && compare(running, recorded) < 0) {
    throw new StartError(
      `A newer version has used this database: it needs version ${recorded} or newer, and this is ${running}. ` +
        "Install that version, or restore the backup from before the upgrade.",
    );
  }
  if (recorded === null || compare(recorded, lowest) < 0) await facts.write(FACT, lowest);
}

/** Whether a newer version has closed the database to this one since it started. */
export async function isTooOld(
  facts: Pick<DatabaseFacts, "read">,
  running = CODE_VERSION,
): Promise<boolean> {
  const recorded = await facts.read(FACT);
  return recorded !== null && compare(running, recorded) < 0;
}

/** Negative when `a` is lower than `b`; both are `major.minor.patch`. */
function compare(a: string, b: string): number {
  const [left, right] = [numbers(a), numbers(b)];
  const at = [0, 1, 2].find((index) => left[index] !== right[index]);
  return at === undefined ? 0 : (left[at] ?? 0) - (right[at] ?? 0);
}

function numbers(text: string): number[] {
  return (text.split(/[-+]/)[0] ?? "").split(".").map(Number);
}
