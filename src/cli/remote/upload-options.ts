import type { Command } from "commander";
import { readBytes, readCount, readMetadata } from "./read-options.ts";
import { type Making, withServer } from "./server-options.ts";
import { type UploadOptions, uploadCommand } from "./upload-command.ts";

const examples = `
Examples:
  $ chunked-upload upload film.mp4
  $ chunked-upload upload a.jpg b.jpg photos/ --profile album --metadata albumId=7
  $ chunked-upload upload scan.tif --profile scan --metadata '{"pages": [1, 2]}'
  $ pg_dump shop | chunked-upload upload - --name shop.sql
  $ id=$(chunked-upload upload film.mp4 | cut -f1)

A directory stands for all files below it, hidden ones too; symbolic links below it
are not followed. Into a pipe each finished file is one line: id, checksum, download
URL and name, separated by tabs.

Ctrl-C pauses: what was sent is kept, and the same command continues. A second
Ctrl-C ends at once. Standard input cannot be continued.

With --json the events are start, progress, done, failed, paused and, last, summary.`;

/** `upload FILE…` */
export function addUpload(program: Command, { words, setExit }: Making): void {
  const command = program
    .command("upload")
    .summary("send files and directories")
    .description("Sends files, directories (with all below them) or, as -, standard input.")
    .argument("<file...>", "files or directories; - reads standard input")
    .option("--name <name>", "the name on the server; for one file, or for -")
    .option("--profile <name>", "the kind of upload, as the server declares it")
    .option(
      "--metadata <key=value>",
      "metadata, again for each key; or a JSON object",
      readMetadata,
    )
    .option("--parallel <chunks>", "chunks of one file sent at once, at most", readCount(1, 16), 3)
    .option("--chunk-size <size>", 'such as "16MiB"; the server may choose another', readBytes)
    .option("--checksum <algorithm>", "such as sha256 or blake3; the server's choice if left out")
    .option("--resume", "continue what was interrupted (this is the default)")
    .option("--no-resume", "begin anew, whatever was sent before")
    .addHelpText("after", examples);
  withServer(command).action(async (files: string[], options: UploadOptions) => {
    setExit(await uploadCommand(files, options, words));
  });
}
