import type { UploadView } from "../../wire/schemas.ts";
import { clientFor, commandError, type ServerOptions } from "./connect.ts";
import { type ExitCode, exitCodes } from "./exit-codes.ts";
import { formatBytes, formatDate, percentOf, printable } from "./format.ts";
import { printJson, printLine } from "./output.ts";

/** `status ID`: prints the upload's properties. */
export async function statusCommand(id: string, options: ServerOptions): Promise<ExitCode> {
  const view = await fetchStatus(id, options);
  if (options.json) printJson(view);
  else for (const line of describe(view)) printLine(line);
  return exitCodes.ok;
}

/** Requests the upload `id`. Throws CommandError. */
export async function fetchStatus(id: string, options: ServerOptions): Promise<UploadView> {
  try {
    return await clientFor(options).trpc.uploads.status.query({ id });
  } catch (thrown) {
    throw commandError(thrown, options);
  }
}

function describe(view: UploadView): string[] {
  const { checksum, checksumAlgorithm, metadata, data } = view;
  const facts: [string, string | null][] = [
    ["id", view.id],
    ["name", printable(view.filename)],
    ["status", view.status],
    ["size", view.size === null ? "unknown" : exactBytes(view.size)],
    ["held", view.status === "uploading" ? heldText(view) : null],
    ["type", view.contentType && printable(view.contentType)],
    ["profile", printable(view.profile)],
    ["metadata", Object.keys(metadata).length === 0 ? null : JSON.stringify(metadata)],
    ["created", formatDate(view.createdAt)],
    ["completed", view.completedAt && formatDate(view.completedAt)],
    ["expires", view.status === "complete" ? null : formatDate(view.expiresAt)],
    [checksumAlgorithm, checksum],
    ["completion", view.completion === "done" ? null : view.completion],
    ["data", data === null || data === undefined ? null : JSON.stringify(data)],
    ["download", view.fileUrl],
  ];
  return facts.flatMap(([name, value]) => (value === null ? [] : [`${name.padEnd(11)}${value}`]));
}

function heldText({ received, size }: UploadView): string {
  const held = received.reduce((sum, [start, end]) => sum + (end - start), 0);
  return size === null ? exactBytes(held) : `${formatBytes(held)} (${percentOf(held, size)} %)`;
}

function exactBytes(bytes: number): string {
  const exact = `${bytes.toLocaleString("en")} bytes`;
  return bytes < 1_000 ? exact : `${formatBytes(bytes)} (${exact})`;
}
