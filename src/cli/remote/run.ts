import { CommanderError } from "commander";
import { CommandError, type ExitCode, exitCodes } from "./exit-codes.ts";
import { explainFileError } from "./explain.ts";
import { printError } from "./output.ts";
import { createProgram } from "./program.ts";

/** Runs the command that `words` (without the program's name) say, and answers what the shell is told. */
export async function run(words: readonly string[]): Promise<ExitCode> {
  let exit: ExitCode = exitCodes.ok;
  const program = createProgram(words, (code) => {
    exit = code;
  });
  try {
    await program.parseAsync([...words], { from: "user" });
    return exit;
  } catch (thrown) {
    return tellEnd(thrown);
  }
}

function tellEnd(thrown: unknown): ExitCode {
  if (thrown instanceof CommanderError) {
    return thrown.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
  }
  if (thrown instanceof CommandError) {
    printError(`chunked-upload: ${thrown.message}`);
    return thrown.exitCode;
  }
  printError(`chunked-upload: ${explainFileError(thrown)}`);
  return exitCodes.failed;
}
