import { Command } from "commander";
import { version } from "../../../package.json";
import { addDelete, addDownload, addList, addStatus } from "./manage-options.ts";
import { printError } from "./output.ts";
import type { SetExit } from "./server-options.ts";
import { addUpload } from "./upload-options.ts";

const overview = `
Examples:
  $ export CHUNKED_UPLOAD_URL=https://files.example.com
  $ export CHUNKED_UPLOAD_TOKEN=…        (create one on the server's "API tokens" page)
  $ chunked-upload upload film.mp4
  $ chunked-upload upload photos/ --json
  $ chunked-upload list --search film
  $ chunked-upload download 0190c1f4-… -o film.mp4

To resume an upload that was interrupted by Ctrl-C, a network failure or a
restart, run the same command again.

Exit codes: 0 all done, 1 some failed, 2 wrong usage, 130 interrupted (Ctrl-C).`;

/** Creates the command line. Each command reports its exit code by `setExit`. */
export function createProgram(words: readonly string[], setExit: SetExit): Command {
  const program = new Command("chunked-upload")
    .description("Uploads files of any size to a trpc-chunked-upload server and downloads them.")
    .version(version, "-V, --version", "print the version")
    .helpOption("-h, --help", "print this help")
    .helpCommand("help [command]", "print the help of a command")
    .addHelpText("after", overview)
    .configureHelp({ helpWidth: Math.min(process.stdout.columns ?? 80, 100) })
    .configureOutput({ outputError: (text) => printError(oneLine(text)) })
    .exitOverride();
  for (const add of [addUpload, addList, addStatus, addDownload, addDelete]) {
    add(program, { words, setExit });
  }
  return program;
}

/** Joins commander's error message and its suggestion, which is on a second line. */
function oneLine(text: string): string {
  const [first = "", ...more] = text
    .replace(/^error: /, "")
    .trim()
    .split("\n");
  return `chunked-upload: ${[first, ...more].join(" ")} (see --help)`;
}
