import { createInterface } from "node:readline/promises";
import { readFailure } from "../../client/failure.ts";
import type { UploadView } from "../../wire/schemas.ts";
import { askedOf, type Client, clientFor, type ServerOptions } from "./connect.ts";
import { type ExitCode, exitCodes, usageError } from "./exit-codes.ts";
import { explain } from "./explain.ts";
import { formatBytes, printable } from "./format.ts";
import { statusOf } from "./list-command.ts";
import { printError, printJson, printLine } from "./output.ts";

export interface DeleteOptions extends ServerOptions {
  readonly yes?: boolean;
}

/** `delete ID…`: ends unfinished uploads and removes finished files. Asks on a terminal. */
export async function deleteCommand(
  ids: readonly string[],
  options: DeleteOptions,
): Promise<ExitCode> {
  const client = clientFor(options);
  if (options.yes !== true && (options.json || !process.stdin.isTTY)) {
    throw usageError("cannot ask for confirmation here: use --yes");
  }
  let failed = 0;
  for (const id of new Set(ids)) {
    try {
      await deleteOne(client, id, options);
    } catch (thrown) {
      failed += 1;
      tellFailed(id, thrown, options);
      if (isHopeless(thrown)) break;
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

function tellFailed(id: string, thrown: unknown, options: DeleteOptions): void {
  const { code, message } = explain(thrown, askedOf(options));
  if (options.json) printJson({ event: "failed", id, code, message });
  else printError(`${id}: ${message}`);
}

/** The next id would fail in the same way. */
function isHopeless(thrown: unknown): boolean {
  const { code } = readFailure(thrown);
  return code === "UNAUTHENTICATED" || code === "NETWORK";
}

async function confirm(view: UploadView): Promise<boolean> {
  const size = view.size === null ? "size not known" : formatBytes(view.size);
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  const question = `Delete ${printable(view.filename)} (${size}, ${statusOf(view)})? [y/N] `;
  const closed = new Promise<string>((resolve) => lines.once("close", () => resolve("")));
  const answer = await Promise.race([lines.question(question), closed]);
  lines.close();
  return /^y(es)?$/i.test(answer.trim());
}
