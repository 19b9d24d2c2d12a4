import { EnvironmentError } from "../environment-error.ts";
import { StartError } from "./start-error.ts";

/** Ends the process with the reason: a sentence for the operator, or the stack of an unexpected error. */
export function refuseStart(error: unknown): never {
  const expected = error instanceof StartError || error instanceof EnvironmentError;
  const text = error instanceof Error && !expected ? error.stack : String((error as Error).message);
  process.stderr.write(`\nThe server cannot start.\n${text}\n\n`);
  process.exit(1);
}
