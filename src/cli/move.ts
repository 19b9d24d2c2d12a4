import { type Command, Option } from "commander";
import { move } from "../server/move/move.ts";
import type { Facts } from "../server/operator-commands.ts";
import { count, ProgressLine, printFinding, printJson } from "./print.ts";
import { stopOnSignals, stopSignal } from "./stop.ts";

/** Uploads between two lines of progress where there is no terminal. */
const LINE_EVERY = 1_000;

interface Given {
  readonly to: string;
  readonly store?: "s3";
  readonly dryRun: boolean;
  readonly leaveDamaged: boolean;
  readonly json?: boolean;
}

export function addMove(program: Command): void {
  program
    .command("move")
    .description(
      "copy users, tokens and finished uploads to PostgreSQL, and their files to S3; stop the server first",
    )
    .requiredOption(
      "--to <url>",
      "an empty database: postgresql://user:password@host:5432/database",
    )
    .addOption(
      new Option(
        "--store <store>",
        "copy the files to the bucket of the S3_* settings; default: they stay where they are",
      ).choices(["s3"]),
    )
    .option("--dry-run", "check both ends and report what would be moved", false)
    .option(
      "--leave-damaged",
      "complete the move without the uploads whose files are damaged",
      false,
    )
    .option("--json", "print one JSON object per line, the result last")
    .action(run);
}

async function run({ json = false, store, ...given }: Given): Promise<void> {
  stopOnSignals();
  const progress = new ProgressLine();
  const report = (facts: Facts) => {
    if (facts.problem === undefined) return showProgress(progress, facts);
    progress.clear();
    if (json) printJson(facts);
    else printFinding(facts);
  };
  const operator = { signal: stopSignal, report, confirm: async () => false };
  const facts = await move({ ...given, store: store ?? null }, operator).finally(() =>
    progress.clear(),
  );
  if (json) printJson(facts);
  else console.log(facts.dryRun === true ? planText(facts) : resultText(facts));
  if (facts.completed === false && facts.stopped !== true) process.exitCode = 2;
}

function showProgress(progress: ProgressLine, { moved, movedBytes }: Facts): void {
  const text = `${count(moved, "upload")} moved (${movedBytes} bytes)`;
  if (process.stderr.isTTY) progress.show(text);
  else if (Number(moved) % LINE_EVERY === 0) process.stderr.write(`${text}\n`);
}

function planText(facts: Facts): string {
  const { users, tokens, uploads, bytes, database, files, copiesFiles, resumed } = facts;
  const lines = [
    `Would move ${count(users, "user")}, ${count(tokens, "API token")} and ${count(uploads, "finished upload")} (${bytes} bytes) to ${database}.`,
    copiesFiles === true ? `Would copy the files to ${files}.` : `The files stay in ${files}.`,
    unfinishedText(facts),
    ...(resumed === true ? ["Would continue a move that is not complete."] : []),
  ];
  return lines.join("\n");
}

function resultText(facts: Facts): string {
  const { users, tokens, moved, movedBytes, skipped, damaged, database } = facts;
  const lines = [
    `${count(moved, "finished upload")} (${movedBytes} bytes), ${count(users, "user")} and ${count(tokens, "API token")} are in ${database}. ${count(skipped, "upload")} had been moved before.`,
  ];
  if (facts.stopped === true)
    return [...lines, "Stopped. Run the command again to continue."].join("\n");
  lines.push(unfinishedText(facts));
  if (damaged !== 0) lines.push(`${count(damaged, "damaged file")} not moved.`);
  lines.push(facts.completed === true ? nextText(facts) : damagedText);
  return lines.join("\n");
}

const damagedText =
  "The move is not complete. Restore or delete these uploads in the old installation and run the command again, or run it with --leave-damaged.";

function unfinishedText({ unfinished }: Facts): string {
  return unfinished === 0
    ? "There are no unfinished uploads."
    : `${count(unfinished, "unfinished upload")} not moved: clients must start them again.`;
}

function nextText({ copiesFiles, secretFile }: Facts): string {
  const settings = [
    "DATABASE_URL to the new database",
    ...(copiesFiles === true ? ["CHUNKED_UPLOAD_STORAGE to s3"] : []),
    ...(secretFile === null ? [] : [`NEXTAUTH_SECRET to the content of ${secretFile}`]),
  ];
  return `The move is complete. Set ${settings.join(", ")}, then start the server.`;
}
