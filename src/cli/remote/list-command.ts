import type { UploadView } from "../../wire/schemas.ts";
import { type Client, clientFor, commandError, type ServerOptions } from "./connect.ts";
import { type ExitCode, exitCodes } from "./exit-codes.ts";
import { formatBytes, formatDate, percentOf, printable } from "./format.ts";
import { printError, printJson, printLine } from "./output.ts";

export interface ListOptions extends ServerOptions {
  readonly status?: UploadView["status"];
  readonly search?: string;
  readonly limit: number;
  readonly all?: boolean;
}

/** The maximum page size of the server. */
const PAGE = 100;

/** `list`: prints the user's uploads, newest first. */
export async function listCommand(options: ListOptions): Promise<ExitCode> {
  const client = clientFor(options);
  const limit = options.all ? Number.POSITIVE_INFINITY : options.limit;
  let shown = 0;
  let cursor: string | null = null;
  try {
    do {
      const page: Page = await fetchPage(client, options, { cursor, limit: limit - shown });
      if (shown === 0 && page.items.length > 0 && !options.json) printLine(header);
      for (const view of page.items) show(view, options);
      shown += page.items.length;
      cursor = page.nextCursor;
    } while (cursor !== null && shown < limit);
  } catch (thrown) {
    throw commandError(thrown, options);
  }
  if (!options.json) printFooter(shown, cursor !== null, options);
  return exitCodes.ok;
}

interface Page {
  readonly items: readonly UploadView[];
  readonly nextCursor: string | null;
}

function fetchPage(
  client: Client,
  { status, search }: ListOptions,
  page: { cursor: string | null; limit: number },
): Promise<Page> {
  return client.trpc.uploads.list.query({
    limit: Math.min(PAGE, page.limit),
    ...(status === undefined ? {} : { status }),
    ...(search === undefined ? {} : { search }),
    ...(page.cursor === null ? {} : { cursor: page.cursor }),
  });
}

function show(view: UploadView, { json }: ListOptions): void {
  if (json) printJson(view);
  else printLine(row(view));
}

const header = rowOf(["ID", "STATUS", "SIZE", "CREATED", "NAME"]);

function row(view: UploadView): string {
  const size = view.size === null ? "?" : formatBytes(view.size);
  const { id, createdAt, filename } = view;
  return rowOf([id, statusOf(view), size, formatDate(createdAt), printable(filename)]);
}

function rowOf([id = "", status = "", size = "", created = "", name = ""]: string[]): string {
  return [id.padEnd(36), status.padEnd(9), size.padStart(8), created.padEnd(16), name].join("  ");
}

/** The status, or the progress of an unfinished upload: "42 %". */
export function statusOf({ status, size, received }: UploadView): string {
  if (status !== "uploading") return status;
  const held = received.reduce((sum, [start, end]) => sum + (end - start), 0);
  return size === null ? "uploading" : `${percentOf(held, size)} %`;
}

function printFooter(shown: number, hasMore: boolean, { status, search }: ListOptions): void {
  const filtered = status !== undefined || search !== undefined;
  if (shown === 0) printError(filtered ? "No matching uploads." : "No uploads yet.");
  if (hasMore) printError(`Showing the newest ${shown}. Use --all to show all.`);
}
