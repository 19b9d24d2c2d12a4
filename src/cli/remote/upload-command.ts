import path from "node:path";
import { checkServer, clientFor, endpointOf, type ServerOptions } from "./connect.ts";
import { type ExitCode, exitCodes, usageError } from "./exit-codes.ts";
import { type FoundFile, findFiles } from "./find-files.ts";
import { type Interrupt, listenForInterrupt } from "./interrupt.ts";
import { printError, printJson, printLine } from "./output.ts";
import type { Metadata } from "./read-options.ts";
import type { Expected, UploadReport } from "./report.ts";
import { barReport } from "./report-bars.ts";
import { jsonReport } from "./report-json.ts";
import { lineReport } from "./report-lines.ts";
import { resumeCommand } from "./resume-command.ts";
import { stateDirectory } from "./settings.ts";
import { type UploadSettings, uploadFiles } from "./upload-files.ts";
import { noJournal, openUploadJournal, type UploadJournal } from "./upload-journal.ts";

export interface UploadOptions extends ServerOptions {
  readonly profile?: string;
  readonly metadata?: Metadata;
  readonly parallel: number;
  readonly chunkSize?: number;
  readonly checksum?: string;
  readonly name?: string;
  readonly resume?: boolean;
}

/** `upload FILE…`. `words` is the command line, from which the resume command is built. */
export async function uploadCommand(
  operands: readonly string[],
  options: UploadOptions,
  words: readonly string[],
): Promise<ExitCode> {
  checkOperands(operands, options);
  const began = performance.now();
  const interrupt = listenForInterrupt();
  const client = clientFor(options, options.parallel);
  const { files, skipped } = await findFiles(operands, options.name);
  if (options.name !== undefined && files.length > 1) {
    throw usageError("--name can only be used with a single file");
  }
  await checkServer(client, options);
  const report = reportFor(options, expectedOf(files));
  interrupt.onKill = report.close;
  for (const entry of skipped) report.skipped(entry);
  const journal = await journalOf(operands, files.length, options);
  const counts = await uploadFiles(files, {
    client,
    endpoint: endpointOf(options),
    settings: settingsOf(options),
    report,
    restart: options.resume === false,
    journal,
    signal: interrupt.signal,
  });
  if (counts.done === files.length) await journal.clear();
  const unfinished = counts.paused + counts.untouched > 0;
  const hideToken = process.stderr.isTTY !== true;
  const canContinue = unfinished && !operands.every((operand) => operand === "-");
  report.end({
    ...counts,
    seconds: (performance.now() - began) / 1_000,
    resume: canContinue ? resumeCommand(words, hideToken) : null,
  });
  return exitCodeOf(counts, interrupt);
}

function checkOperands(operands: readonly string[], { name }: UploadOptions): void {
  const streams = operands.filter((operand) => operand === "-").length;
  if (streams > 1) throw usageError("standard input (-) can be read only once");
  if (streams === 1 && name === undefined) {
    throw usageError("standard input (-) has no name: set one with --name");
  }
  if (name !== undefined && operands.length > 1) {
    throw usageError("--name can only be used with a single file");
  }
}

/** The journal of the same command. `--no-resume` clears it. */
async function journalOf(
  operands: readonly string[],
  files: number,
  { url, profile, metadata, checksum, resume }: UploadOptions,
): Promise<UploadJournal> {
  if (files < 2) return noJournal;
  const places = operands.map((operand) => (operand === "-" ? operand : path.resolve(operand)));
  const command = { url, profile, metadata, checksum, places };
  const journal = await openUploadJournal(stateDirectory(), command);
  if (resume !== false) return journal;
  await journal.clear();
  return { ...journal, idOf: () => null };
}

function exitCodeOf(
  counts: { failed: number; paused: number; untouched: number },
  { exitCode }: Interrupt,
): ExitCode {
  if (exitCode !== null && counts.paused + counts.untouched > 0) return exitCode;
  return counts.failed > 0 ? exitCodes.failed : exitCodes.ok;
}

function expectedOf(files: readonly FoundFile[]): Expected {
  const bytes = files.reduce((sum, file) => sum + (file.kind === "file" ? file.size : 0), 0);
  return { files: files.length, bytes };
}

/** JSON with `--json`, progress bars on a terminal, otherwise plain lines. */
function reportFor({ json }: UploadOptions, expected: Expected): UploadReport {
  if (json) return jsonReport(printJson);
  const { stdout, stderr } = process;
  if (stdout.isTTY && stderr.isTTY) {
    return barReport({ stream: stderr, colored: stderr.hasColors() }, expected);
  }
  return lineReport({ out: printLine, err: printError });
}

function settingsOf(options: UploadOptions): UploadSettings {
  const { profile, metadata, chunkSize, checksum, name } = options;
  return {
    ...(profile === undefined ? {} : { profile }),
    ...(metadata === undefined ? {} : { metadata }),
    ...(chunkSize === undefined ? {} : { chunkSize }),
    ...(checksum === undefined ? {} : { checksumAlgorithm: checksum }),
    ...(name === undefined ? {} : { filename: name }),
  };
}
