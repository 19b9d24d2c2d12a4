import { type Command, Option } from "commander";
import type { ExitCode } from "./exit-codes.ts";
import { readUrl } from "./read-options.ts";

export type SetExit = (code: ExitCode) => void;

/** What a command is made with. */
export interface Making {
  /** The words after the program's name, for the command that continues this one. */
  readonly words: readonly string[];
  readonly setExit: SetExit;
}

/** Gives a command the options that all have. */
export function withServer(command: Command): Command {
  return command
    .addOption(
      new Option("--url <url>", "the server")
        .env("CHUNKED_UPLOAD_URL")
        .argParser(readUrl)
        .makeOptionMandatory(),
    )
    .addOption(new Option("--token <token>", "an API token").env("CHUNKED_UPLOAD_TOKEN"))
    .option("--json", "print JSON, one object a line")
    .hook("preAction", (begun) => {
      // A variable that is set to nothing: there is no token.
      if (begun.opts().token === "") begun.setOptionValue("token", undefined);
    });
}
