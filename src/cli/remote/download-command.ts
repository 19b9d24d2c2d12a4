import { stat } from "node:fs/promises";
import path from "node:path";
import { commandError, type ServerOptions } from "./connect.ts";
import { downloadToFile, downloadToStream, type FinishedFile } from "./download-file.ts";
import { downloadReport } from "./download-report.ts";
import { describeFileError } from "./error-messages.ts";
import { CommandError, type ExitCode, exitCodes } from "./exit-codes.ts";
import { type Interrupt, listenForInterrupt } from "./interrupt.ts";
import { printError } from "./output.ts";
import { resumeCommand } from "./resume-command.ts";
import { fetchStatus } from "./status-command.ts";

export interface DownloadOptions extends ServerOptions {
  /** A file, a directory, or "-". Default: the upload's filename in the working directory. */
  readonly output?: string;
  readonly force?: boolean;
}

/** `download ID`: downloads the finished file and verifies its checksum. */
export async function downloadCommand(
  id: string,
  options: DownloadOptions,
  words: readonly string[],
): Promise<ExitCode> {
  const interrupt = listenForInterrupt();
  const view = await fetchStatus(id, options);
  const { size, checksum, checksumAlgorithm, filename } = view;
  if (view.status !== "complete" || size === null || checksum === null) {
    throw new CommandError(`${id} is not complete (${view.status})`);
  }
  const file: FinishedFile = { id, size, checksum, algorithm: checksumAlgorithm };
  const target = options.output === "-" ? null : await chooseTarget(options, filename);
  const report = downloadReport(target ?? filename, { size, json: options.json ?? false });
  interrupt.onKill = report.close;
  const from = { server: options, signal: interrupt.signal, onBytes: report.moved };
  try {
    if (target === null) await downloadToStream(file, process.stdout, from);
    else await downloadToFile(file, target, from);
    report.done({ ...file, file: target });
    return exitCodes.ok;
  } catch (thrown) {
    report.close();
    if (interrupt.exitCode !== null) return printInterrupted(interrupt, { target, words });
    throw commandError(thrown, options);
  }
}

/** The path of the file. Throws CommandError if it exists already. */
async function chooseTarget(options: DownloadOptions, filename: string): Promise<string> {
  const name = safeName(filename);
  const given = options.output;
  const isDirectory = given !== undefined && (await kindOf(given)) === "directory";
  const target = given === undefined || isDirectory ? path.join(given ?? "", name) : given;
  if (options.force) return target;
  if ((await kindOf(target)) === null) return target;
  throw new CommandError(`${target} already exists: use --force to replace it, or -o`);
}

/** The last part of `filename` without control characters: the server is not trusted. */
function safeName(filename: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: removes control characters
  const name = (filename.split(/[/\\]/).at(-1) ?? "").replace(/[\u0000-\u001f\u007f]/g, "");
  return name === "" || name === "." || name === ".." ? "download" : name;
}

async function kindOf(target: string): Promise<"directory" | "other" | null> {
  try {
    return (await stat(target)).isDirectory() ? "directory" : "other";
  } catch (error) {
    if (error instanceof Error && Reflect.get(error, "code") === "ENOENT") return null;
    throw new CommandError(`${target}: ${describeFileError(error)}`);
  }
}

function printInterrupted(
  { exitCode }: Interrupt,
  { target, words }: { target: string | null; words: readonly string[] },
): ExitCode {
  if (target === null) printError("Stopped.");
  else {
    printError("Paused. Received data is kept. To resume:");
    printError(`  ${resumeCommand(words, process.stderr.isTTY !== true)}`);
  }
  return exitCode ?? exitCodes.interrupted;
}
