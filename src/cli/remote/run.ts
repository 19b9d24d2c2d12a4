import { CommanderError } from "commander";
import { describeFileError } from "./error-messages.ts";
import { CommandError, type ExitCode, exitCodes } from "./exit-codes.ts";
import { printError } from "./output.ts";
import { createProgram } from "./program.ts";

/** Runs the command line `words` (without the program's name) and returns the exit code. */
export async function run(words: readonly string[]): Promise<ExitCode> {
  let exit: ExitCode = exitCodes.ok;
  const program = createProgram(words, (code) => {
    exit = code;
  });
  try {
    await program.parseAsync([...words], { from: "user" });
    return exit;
  } catch (thrown) {
    return printFailure(thrown);
  }
}

function printFailure(thrown: unknown): ExitCode {
  if (thrown instanceof CommanderError) {
    return thrown.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
  }
  if (thrown instanceof CommandError) {
    printError(`chunked-upload: ${thrown.message}`);
    return thrown.exitCode;
  }
  printError(`chunked-upload: ${describeFileError(thrown)}`);
  return exitCodes.failed;
}
