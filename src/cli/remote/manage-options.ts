import { type Command, Option } from "commander";
import type { UploadView } from "../../wire/schemas.ts";
import type { ServerOptions } from "./connect.ts";
import { type DeleteOptions, deleteCommand } from "./delete-command.ts";
import { type DownloadOptions, downloadCommand } from "./download-command.ts";
import { usageError } from "./exit-codes.ts";
import { type ListOptions, listCommand } from "./list-command.ts";
import { readCount } from "./read-options.ts";
import { type Making, withServer } from "./server-options.ts";
import { statusCommand } from "./status-command.ts";

const statuses: readonly UploadView["status"][] = ["uploading", "complete", "expired"];

/** `list` */
export function addList(program: Command, { setExit }: Making): void {
  const command = program
    .command("list")
    .summary("list your uploads, newest first")
    .description("Lists your uploads, newest first.")
    .addOption(new Option("--status <status>", "only those").choices(statuses))
    .option("--search <text>", "only those with this in their name")
    .option("--limit <number>", "how many, at most", readCount(1, 1_000_000), 50)
    .option("--all", "every one");
  withServer(command).action(async (options: ListOptions) => setExit(await listCommand(options)));
}

/** `status ID` */
export function addStatus(program: Command, { setExit }: Making): void {
  const command = program
    .command("status")
    .summary("show one upload")
    .description("Shows all that the server tells of one upload.")
    .argument("<id>", "the upload's id");
  withServer(command).action(async (id: string, options: ServerOptions) =>
    setExit(await statusCommand(id, options)),
  );
}

const downloadExamples = `
Examples:
  $ chunked-upload download 0190c1f4-…
  $ chunked-upload download 0190c1f4-… -o backups/
  $ chunked-upload download 0190c1f4-… -o - | tar xz

The file gets its name only when all of it is here and its checksum is right; until
then it grows beside it as a .part file, which the same command continues.`;

/** `download ID` */
export function addDownload(program: Command, { words, setExit }: Making): void {
  const command = program
    .command("download")
    .summary("fetch a finished file and verify it")
    .description("Fetches a finished file and verifies its checksum.")
    .argument("<id>", "the upload's id")
    .option("-o, --output <file>", "a file, a directory, or - for standard output")
    .option("--force", "replace a file that is there already")
    .addHelpText("after", downloadExamples);
  withServer(command).action(async (id: string, options: DownloadOptions) => {
    if (options.output === "-" && options.json) {
      throw usageError("standard output cannot carry both the file and JSON");
    }
    setExit(await downloadCommand(id, options, words));
  });
}

/** `delete ID…` */
export function addDelete(program: Command, { setExit }: Making): void {
  const command = program
    .command("delete")
    .summary("remove uploads and their files")
    .description("Ends unfinished uploads and removes finished files. Asks before each one.")
    .argument("<id...>", "the uploads' ids")
    .option("-y, --yes", "do not ask");
  withServer(command).action(async (ids: string[], options: DeleteOptions) =>
    setExit(await deleteCommand(ids, options)),
  );
}
