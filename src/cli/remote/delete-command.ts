import { createInterface } from "node:readline/promises";
import { readFailure } from "../../client/failure.ts";
import type { UploadView } from "../../wire/schemas.ts";
import { type Client, clientFor, endpointOf, type ServerOptions } from "./connect.ts";
import { describeError } from "./error-messages.ts";
import { type ExitCode, exitCodes, usageError } from "./exit-codes.ts";
import { formatBytes, printable } from "./format.ts";
import { statusOf } from "./list-command.ts";
import { printError, printJson, printLine } from "./output.ts";

export interface DeleteOptions extends ServerOptions {
  readonly yes?: boolean;
}

/** `delete ID…`: deletes uploads and their files. Asks for confirmation on a terminal. */
export async function deleteCommand(
  ids: readonly string[],
  options: DeleteOptions,
): Promise<ExitCode> {
  const client = clientFor(options);
  if (options.yes !== true && (options.json || !process.stdin.isTTY)) {
    throw usageError("cannot ask for confirmation without a terminal: use --yes");
  }
  let failed = 0;
  for (const id of new Set(ids)) {
    try {
      await deleteOne(client, id, options);
    } catch (thrown) {
      failed += 1;
      printFailed(id, thrown, options);
      if (failsForAll(thrown)) break;
    }
  }
  return failed > 0 ? exitCodes.failed : exitCodes.ok;
}

async function deleteOne(client: Client, id: string, { yes, json }: DeleteOptions): Promise<void> {
  if (!yes && !(await confirm(await client.trpc.uploads.status.query({ id })))) {
    printError(`Kept ${id}.`);
    return;
  }
  await client.trpc.uploads.delete.mutate({ id });
  if (json) printJson({ event: "deleted", id });
  else printLine(`Deleted ${id}.`);
}

function printFailed(id: string, thrown: unknown, options: DeleteOptions): void {
  const { code, message } = describeError(thrown, endpointOf(options));
  if (options.json) printJson({ event: "failed", id, code, message });
  else printError(`${id}: ${message}`);
}

/** Whether all other ids would fail in the same way. */
function failsForAll(thrown: unknown): boolean {
  const { code } = readFailure(thrown);
  return code === "UNAUTHENTICATED" || code === "NETWORK";
}

async function confirm(view: UploadView): Promise<boolean> {
  const size = view.size === null ? "size unknown" : formatBytes(view.size);
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  const question = `Delete ${printable(view.filename)} (${size}, ${statusOf(view)})? [y/N] `;
  const closed = new Promise<string>((resolve) => lines.once("close", () => resolve("")));
  const answer = await Promise.race([lines.question(question), closed]);
  lines.close();
  return /^y(es)?$/i.test(answer.trim());
}
