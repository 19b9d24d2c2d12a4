import path from "node:path";
import { Command, InvalidArgumentError } from "commander";
import { operate } from "../server/operate.ts";
import type { Facts, Operator, OperatorCommand } from "../server/operator-commands.ts";
import { addMove } from "./move.ts";
import {
  ProgressLine,
  printBackup,
  printFinding,
  printJson,
  printPassword,
  printRevoked,
  printSweep,
  printToken,
  printUser,
  printVerified,
  sweepProgress,
} from "./print.ts";
import { stopOnSignals, stopSignal } from "./stop.ts";
import { closePrompt, confirmByKey, readPassword } from "./terminal.ts";

interface JsonOption {
  readonly json?: boolean;
}

/** The commands and their options. All commands except `move` work while the server runs. */
export function createProgram(): Command {
  const program = new Command("cli")
    .description(
      "Commands for the operator of the data in DATA_DIR. A running server executes them.",
    )
    .exitOverride()
    .showHelpAfterError();
  addSweep(program);
  addVerify(program);
  addUser(program);
  addToken(program);
  program
    .command("migrate")
    .description("apply pending database migrations")
    .option("--json", "print JSON")
    .action(async ({ json }: JsonOption) => {
      const facts = await operate({ name: "migrate" }, silent);
      show(json, facts, () => printMigrated(facts));
    });
  addBackup(program);
  addMove(program);
  program
    .command("adopt")
    .description(
      "accept the database and the files in DATA_DIR as belonging together, if the server refuses to start because they do not match",
    )
    .option("--json", "print JSON")
    .action(async ({ json }: JsonOption) => {
      const facts = await operate({ name: "adopt" }, silent);
      show(json, facts, () => printAdopted(facts));
    });
  return program;
}

function addSweep(program: Command): void {
  program
    .command("sweep")
    .description("remove expired uploads and unfinished files without a record")
    .option("-i, --interactive", "confirm each upload", false)
    .option("-k, --keep-record", "remove the files and keep the records", false)
    .option("--dry-run", "report what would be removed, and remove nothing", false)
    .option("--json", "print JSON")
    .action(
      async (
        given: JsonOption & { interactive: boolean; keepRecord: boolean; dryRun: boolean },
      ) => {
        const { json, interactive, keepRecord, dryRun } = given;
        const command: OperatorCommand = { name: "sweep", interactive, keepRecord, dryRun };
        stopOnSignals();
        const progress = new ProgressLine();
        const report = (seen: Facts) => progress.show(sweepProgress(seen, dryRun));
        // Questions and the progress line would overwrite each other.
        const operator = interactive ? { ...silent, confirm: confirmByKey } : { ...silent, report };
        const facts = await operate(command, operator).finally(() => {
          closePrompt();
          progress.clear();
        });
        show(json, facts, () => printSweep(facts, dryRun));
      },
    );
}

function addVerify(program: Command): void {
  program
    .command("verify")
    .argument("[id]", "an upload; default: all finished uploads")
    .description("read finished files and compare them with their checksums")
    .option("--json", "print one JSON object per line, the result last")
    .action(async (id: string | undefined, { json }: JsonOption) => {
      stopOnSignals();
      const report = json ? printJson : printFinding;
      const facts = await operate({ name: "verify", id: id ?? null }, { ...silent, report });
      show(json, facts, () => printVerified(facts));
      if (facts.damaged !== 0) process.exitCode = 2;
    });
}

function addBackup(program: Command): void {
  program
    .command("backup")
    .argument("<directory>", "an empty or new directory")
    .description("copy the database and the finished files")
    .option("--files-only", "skip the database (use pg_dump for PostgreSQL)", false)
    .option("--copy", "copy bytes even if hard links are possible", false)
    .option("--json", "print JSON")
    .action(
      async (directory: string, given: JsonOption & { filesOnly: boolean; copy: boolean }) => {
        const { json, filesOnly, copy } = given;
        stopOnSignals();
        const progress = new ProgressLine();
        const report = ({ files, bytes }: Facts) =>
          progress.show(`${files} files copied (${bytes} bytes)`);
        const command: OperatorCommand = {
          ...{ name: "backup", directory: path.resolve(directory), filesOnly, copy },
        };
        const facts = await operate(command, { ...silent, report }).finally(() => progress.clear());
        show(json, facts, () => printBackup(facts));
      },
    );
}

function addUser(program: Command): void {
  const user = program.command("user").description("manage users");
  addUserRevoke(user);
  user
    .command("add")
    .argument("<email>")
    .description("add a user; the password is prompted for, read from standard input, or generated")
    .option("--admin", "make the user an administrator", false)
    .option("--name <name>", "display name")
    .option("--generate", "generate a password and print it once", false)
    .option("--json", "print JSON")
    .action(
      async (
        email: string,
        given: JsonOption & { admin: boolean; name?: string; generate: boolean },
      ) => {
        const password = given.generate ? null : await readPassword();
        const command: OperatorCommand = {
          name: "user add",
          email,
          displayName: given.name ?? null,
          admin: given.admin,
          password,
        };
        const facts = await operate(command, silent);
        show(given.json, facts, () => printUser(facts));
      },
    );
  user
    .command("password")
    .argument("<email>")
    .description(
      "change a user's password; it is prompted for, read from standard input, or generated",
    )
    .option("--generate", "generate a password and print it once", false)
    .option("--json", "print JSON")
    .action(async (email: string, given: JsonOption & { generate: boolean }) => {
      const password = given.generate ? null : await readPassword();
      const facts = await operate({ name: "user password", email, password }, silent);
      show(given.json, facts, () => printPassword(facts));
    });
}

function addUserRevoke(user: Command): void {
  user
    .command("revoke")
    .argument("<email>")
    .description("revoke all sessions, API tokens and upload tickets of a user")
    .option("--json", "print JSON")
    .action(async (email: string, { json }: JsonOption) => {
      const facts = await operate({ name: "user revoke", email }, silent);
      show(json, facts, () => printRevoked(facts));
    });
}

function addToken(program: Command): void {
  const token = program.command("token").description("manage API tokens");
  token
    .command("create")
    .argument("<email>", "the owner of the token")
    .description("create an API token and print it once")
    .requiredOption("--name <name>", "name of the token")
    .option("--expires-in-days <days>", "lifetime of the token; default: no expiry", readDays)
    .option("--json", "print JSON")
    .action(async (email: string, given: JsonOption & { name: string; expiresInDays?: number }) => {
      const command: OperatorCommand = {
        name: "token create",
        email,
        tokenName: given.name,
        expiresInDays: given.expiresInDays ?? null,
      };
      const facts = await operate(command, silent);
      show(given.json, facts, () => printToken(facts));
    });
}

const silent: Operator = {
  signal: stopSignal,
  report: () => undefined,
  confirm: async () => false,
};

function readDays(text: string): number {
  const days = Number(text);
  if (Number.isInteger(days) && days > 0) return days;
  throw new InvalidArgumentError("Expected a positive whole number of days.");
}

function show(json: boolean | undefined, facts: Facts, printText: () => void): void {
  if (json) printJson(facts);
  else printText();
}

function printMigrated({ applied, running }: Facts): void {
  const names = Array.isArray(applied) ? applied : [];
  if (running === true)
    console.log("The server is running. It applied all migrations when it started.");
  else
    console.log(
      names.length === 0 ? "The database is up to date." : `Applied: ${names.join(", ")}`,
    );
}

function printAdopted({ running }: Facts): void {
  console.log(
    running === true
      ? "The server is running. Its database and its files belong together."
      : "The database and the files now belong together. Run `npm run cli -- verify` to find missing files.",
  );
}
