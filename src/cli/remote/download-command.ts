import { stat } from "node:fs/promises";
import path from "node:path";
import { commandError, type ServerOptions } from "./connect.ts";
import { downloadToFile, downloadToStream, type FinishedFile } from "./download-file.ts";
import { downloadReport } from "./download-report.ts";
import { CommandError, type ExitCode, exitCodes } from "./exit-codes.ts";
import { explainFileError } from "./explain.ts";
import { type Interrupt, listenForInterrupt } from "./interrupt.ts";
import { printError } from "./output.ts";
import { resumeCommand } from "./resume-command.ts";
import { askStatus } from "./status-command.ts";

export interface DownloadOptions extends ServerOptions {
  /** A file, a directory, or "-"; left out: the upload's own name, here. */
  readonly output?: string;
  readonly force?: boolean;
}

/** `download ID`: the finished file, verified. */
export async function downloadCommand(
  id: string,
  options: DownloadOptions,
  words: readonly string[],
): Promise<ExitCode> {
  const interrupt = listenForInterrupt();
  const view = await askStatus(id, options);
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
    if (interrupt.exitCode !== null) return tellInterrupted(interrupt, { target, words });
    throw commandError(thrown, options);
  }
}

/** Where the file goes. Throws CommandError when something is there already. */
async function chooseTarget(options: DownloadOptions, filename: string): Promise<string> {
  const own = ownName(filename);
  const given = options.output;
  const isDirectory = given !== undefined && (await kindOf(given)) === "directory";
  const target = given === undefined || isDirectory ? path.join(given ?? "", own) : given;
  if (options.force) return target;
  if ((await kindOf(target)) === null) return target;
  throw new CommandError(`${target} exists already: --force replaces it, -o names another`);
}

/** The upload's name as that of a file here, whatever a server may send. */
function ownName(filename: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is taken out
  const name = (filename.split(/[/\\]/).at(-1) ?? "").replace(/[\u0000-\u001f\u007f]/g, "");
  return name === "" || name === "." || name === ".." ? "download" : name;
}

async function kindOf(target: string): Promise<"directory" | "other" | null> {
  try {
    return (await stat(target)).isDirectory() ? "directory" : "other";
  } catch (error) {
    if (error instanceof Error && Reflect.get(error, "code") === "ENOENT") return null;
    throw new CommandError(`${target}: ${explainFileError(error)}`);
  }
}

function tellInterrupted(
  { exitCode }: Interrupt,
  { target, words }: { target: string | null; words: readonly string[] },
): ExitCode {
  if (target === null) printError("Stopped.");
  else {
    printError("Paused; what has arrived is kept. To continue:");
    printError(`  ${resumeCommand(words, process.stderr.isTTY !== true)}`);
  }
  return exitCode ?? exitCodes.interrupted;
}
