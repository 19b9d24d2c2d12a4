import { type Command, Option } from "commander";
import type { UploadView } from "../../wire/schemas.ts";
import type { ServerOptions } from "./connect.ts";
import { type DeleteOptions, deleteCommand } from "./delete-command.ts";
import { type DownloadOptions, downloadCommand } from "./download-command.ts";
import { usageError } from "./exit-codes.ts";
import { type ListOptions, listCommand } from "./list-command.ts";
import { readCount } from "./read-options.ts";
import { type CommandContext, withServer } from "./server-options.ts";
import { statusCommand } from "./status-command.ts";

const statuses: readonly UploadView["status"][] = ["uploading", "complete", "expired"];

/** `list` */
export function addList(program: Command, { setExit }: CommandContext): void {
  const command = program
    .command("list")
    .summary("list your uploads, newest first")
    .description("Lists your uploads, newest first.")
    .addOption(new Option("--status <status>", "only uploads with this status").choices(statuses))
    .option("--search <text>", "only uploads with this text in their names")
    .option("--limit <number>", "maximum number of uploads", readCount(1, 1_000_000), 50)
    .option("--all", "all uploads");
  withServer(command).action(async (options: ListOptions) => setExit(await listCommand(options)));
}

/** `status ID` */
export function addStatus(program: Command, { setExit }: CommandContext): void {
  const command = program
    .command("status")
    .summary("show one upload")
    .description("Shows the properties of an upload.")
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

The data is written to a .part file in the same directory and renamed when it is
complete and its checksum is correct. The same command resumes a partial download.`;

/** `download ID` */
export function addDownload(program: Command, { words, setExit }: CommandContext): void {
  const command = program
    .command("download")
    .summary("download a finished file and verify it")
    .description("Downloads a finished file and verifies its checksum.")
    .argument("<id>", "the upload's id")
    .option("-o, --output <file>", "a file, a directory, or - for standard output")
    .option("--force", "replace an existing file")
    .addHelpText("after", downloadExamples);
  withServer(command).action(async (id: string, options: DownloadOptions) => {
    if (options.output === "-" && options.json) {
      throw usageError("standard output cannot contain both the file and JSON");
    }
    setExit(await downloadCommand(id, options, words));
  });
}

/** `delete ID…` */
export function addDelete(program: Command, { setExit }: CommandContext): void {
  const command = program
    .command("delete")
    .summary("delete uploads and their files")
    .description("Deletes uploads and their files. Asks for confirmation of each one.")
    .argument("<id...>", "ids of uploads")
    .option("-y, --yes", "do not ask for confirmation");
  withServer(command).action(async (ids: string[], options: DeleteOptions) =>
    setExit(await deleteCommand(ids, options)),
  );
}
