import { Command } from "commander";
import { ownChecks, protocolChecks } from "./all-checks.ts";
import { startReference } from "./reference-server.ts";
import { type Column, report } from "./report.ts";
import { runChecks } from "./run-checks.ts";
import { openTarget, type TargetOptions } from "./target.ts";

interface Options {
  readonly url?: string;
  readonly token?: string;
  readonly strangerToken?: string;
  readonly compare?: string | true;
  readonly contract?: boolean;
  readonly json?: boolean;
}

const command = new Command("conform")
  .description("Checks a server against every clause of tus 1.0 that can be seen from outside.")
  .option("--url <url>", "the upload creation URL, e.g. http://localhost:3000/api/tus")
  .option("--token <token>", "sent as a bearer token")
  .option("--stranger-token <token>", "a token of somebody else, for --contract")
  .option("--compare [url]", "shows another server beside it: @tus/server when no URL is given")
  .option("--contract", "also checks what trpc-chunked-upload promises beyond tus")
  .option("--json", "prints the results as JSON");

try {
  const failed = await conform(command.parse().opts<Options>());
  process.exitCode = failed ? 1 : 0;
} catch (error) {
  command.error(`No server could be asked: ${(error as Error).message}`, { exitCode: 2 });
}

/** Checks, prints, and answers whether the server at `--url` failed anything. */
async function conform(options: Options): Promise<boolean> {
  const { url, compare } = options;
  if (url === undefined && compare === undefined) command.error("Name a server by --url.");
  const reference = compare === true ? await startReference() : null;
  try {
    const columns: Column[] = [];
    if (url !== undefined) columns.push(await column(url, { ...options, url }));
    if (reference !== null) columns.push(await column("@tus/server", { url: reference.url }));
    else if (typeof compare === "string") columns.push(await column(compare, { url: compare }));
    print(columns, options);
    return columns[0]?.results.some(({ outcome }) => outcome.kind === "failed") ?? true;
  } finally {
    await reference?.[Symbol.asyncDispose]();
  }
}

async function column(
  name: string,
  options: TargetOptions & { readonly contract?: boolean },
): Promise<Column> {
  if (!URL.canParse(options.url)) throw new Error(`${options.url} is no URL.`);
  const target = await openTarget(options);
  const checks = options.contract === true ? [...protocolChecks, ...ownChecks] : protocolChecks;
  return { name, results: await runChecks(checks, target) };
}

function print(columns: readonly Column[], { json = false }: Options): void {
  if (!json) {
    const colour = process.stdout.isTTY === true && process.env.NO_COLOR === undefined;
    process.stdout.write(`${report(columns, { colour })}\n`);
    return;
  }
  const plain = columns.map(({ name, results }) => ({
    server: name,
    checks: results.map(({ check: { run: _, ...check }, outcome }) => ({ ...check, ...outcome })),
  }));
  process.stdout.write(`${JSON.stringify(plain, null, 2)}\n`);
}
