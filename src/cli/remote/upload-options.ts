import type { Command } from "commander";
import { readBytes, readCount, readMetadata } from "./read-options.ts";
import { type CommandContext, withServer } from "./server-options.ts";
import { type UploadOptions, uploadCommand } from "./upload-command.ts";

const examples = `
Examples:
  $ chunked-upload upload film.mp4
  $ chunked-upload upload a.jpg b.jpg photos/ --profile album --metadata albumId=7
  $ chunked-upload upload scan.tif --profile scan --metadata '{"pages": [1, 2]}'
  $ pg_dump shop | chunked-upload upload - --name shop.sql
  $ id=$(chunked-upload upload film.mp4 | cut -f1)

Directories are sent recursively, including hidden files. Symbolic links in them are
skipped. If standard output is not a terminal, each finished file is printed as one
line: id, checksum, download URL and name, separated by tabs.

Ctrl-C pauses: the sent data is kept, and the same command resumes. A second Ctrl-C
exits immediately. Standard input cannot be resumed.

With --json the events are left-out, start, progress, done, failed, paused and summary.`;

/** `upload FILE…` */
export function addUpload(program: Command, { words, setExit }: CommandContext): void {
  const command = program
    .command("upload")
    .summary("send files and directories")
    .description("Sends files, directories (recursively) or standard input (-).")
    .argument("<file...>", "files or directories; - reads standard input")
    .option("--name <name>", "filename on the server; for a single file or -")
    .option("--profile <name>", "a profile of the server")
    .option("--metadata <key=value>", "metadata, repeatable; or a JSON object", readMetadata)
    .option("--parallel <chunks>", "maximum parallel chunks per file", readCount(1, 16), 3)
    .option("--chunk-size <size>", 'such as "16MiB"; the server may change it', readBytes)
    .option("--checksum <algorithm>", "such as sha256 or blake3; default: the server's algorithm")
    .option("--resume", "resume interrupted uploads (default)")
    .option("--no-resume", "start new uploads")
    .addHelpText("after", examples);
  withServer(command).action(async (files: string[], options: UploadOptions) => {
    setExit(await uploadCommand(files, options, words));
  });
}
