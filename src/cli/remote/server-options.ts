import { type Command, Option } from "commander";
import type { ExitCode } from "./exit-codes.ts";
import { readUrl } from "./read-options.ts";

export type SetExit = (code: ExitCode) => void;

/** Passed to each command when it is created. */
export interface CommandContext {
  /** The command line without the program's name, from which the resume command is built. */
  readonly words: readonly string[];
  readonly setExit: SetExit;
}

/** Adds the options that all commands have. */
export function withServer(command: Command): Command {
  return command
    .addOption(
      new Option("--url <url>", "URL of the server")
        .env("CHUNKED_UPLOAD_URL")
        .argParser(readUrl)
        .makeOptionMandatory(),
    )
    .addOption(new Option("--token <token>", "an API token").env("CHUNKED_UPLOAD_TOKEN"))
    .option("--json", "print JSON, one object per line")
    .hook("preAction", (started) => {
      // An empty CHUNKED_UPLOAD_TOKEN counts as unset.
      if (started.opts().token === "") started.setOptionValue("token", undefined);
    });
}
