import path from "node:path";
import { Command, InvalidArgumentError } from "commander";
import { operate } from "../server/operate.ts";
import type { Facts, Operator, OperatorCommand } from "../server/operator-commands.ts";
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
import { confirmByKey, readPassword, stopAsking } from "./terminal.ts";

interface JsonOption {
  readonly json?: boolean;
}

/** The commands with their options. Every one works while the server runs. */
export function createProgram(): Command {
  const program = new Command("cli")
    .description(
      "Commands for the operator. They act on DATA_DIR, by the running server if there is one.",
    )
    .exitOverride()
    .showHelpAfterError();
  addSweep(program);
  addVerify(program);
  addUser(program);
  addToken(program);
  program
    .command("migrate")
    .description("bring the database up to date")
    .option("--json", "answer in JSON")
    .action(async ({ json }: JsonOption) => {
      const facts = await operate({ name: "migrate" }, silent);
      show(json, facts, () => printMigrated(facts));
    });
  addBackup(program);
  program
    .command("adopt")
    .description(
      "join the database and the files in DATA_DIR, which a start refuses because they do not belong together",
    )
    .option("--json", "answer in JSON")
    .action(async ({ json }: JsonOption) => {
      const facts = await operate({ name: "adopt" }, silent);
      show(json, facts, () => printAdopted(facts));
    });
  return program;
}

function addSweep(program: Command): void {
  program
    .command("sweep")
    .description("remove expired uploads and what nobody owns")
    .option("-i, --interactive", "ask before each upload", false)
    .option("-k, --keep-record", "remove the files and keep the records", false)
    .option("--dry-run", "say what would go, and remove nothing", false)
    .option("--json", "answer in JSON")
    .action(
      async (
        given: JsonOption & { interactive: boolean; keepRecord: boolean; dryRun: boolean },
      ) => {
        const { json, interactive, keepRecord, dryRun } = given;
        const command: OperatorCommand = { name: "sweep", interactive, keepRecord, dryRun };
        stopOnSignals();
        const progress = new ProgressLine();
        const report = (seen: Facts) => progress.show(sweepProgress(seen, dryRun));
        // A question and a progress line would overwrite each other.
        const operator = interactive ? { ...silent, confirm: confirmByKey } : { ...silent, report };
        const facts = await operate(command, operator).finally(() => {
          stopAsking();
          progress.clear();
        });
        show(json, facts, () => printSweep(facts, dryRun));
      },
    );
}

function addVerify(program: Command): void {
  program
    .command("verify")
    .argument("[id]", "one upload; all finished ones when left out")
    .description("read finished files again and compare them with their checksums")
    .option("--json", "a JSON object a line, the result last")
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
    .argument("<directory>", "an empty directory, or one to be made")
    .description("copy the database and the finished files, while the server runs")
    .option("--files-only", "leave the database out: PostgreSQL has pg_dump", false)
    .option("--copy", "copy bytes also where hard links could be made", false)
    .option("--json", "answer in JSON")
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
  const user = program.command("user").description("users");
  addUserRevoke(user);
  user
    .command("add")
    .argument("<email>")
    .description("add a user; the password is asked for, read from standard input, or made")
    .option("--admin", "an administrator", false)
    .option("--name <name>", "the name to show")
    .option("--generate", "make a password and print it once", false)
    .option("--json", "answer in JSON")
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
    .description("give a user another password; it is asked for, read from standard input, or made")
    .option("--generate", "make a password and print it once", false)
    .option("--json", "answer in JSON")
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
    .description("end all sessions, API tokens and upload tickets of a user")
    .option("--json", "answer in JSON")
    .action(async (email: string, { json }: JsonOption) => {
      const facts = await operate({ name: "user revoke", email }, silent);
      show(json, facts, () => printRevoked(facts));
    });
}

function addToken(program: Command): void {
  const token = program.command("token").description("API tokens");
  token
    .command("create")
    .argument("<email>", "whose token it is")
    .description("create an API token and print it once")
    .requiredOption("--name <name>", "what it is for")
    .option("--expires-in-days <days>", "when it ends; never when left out", readDays)
    .option("--json", "answer in JSON")
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
  throw new InvalidArgumentError("A whole number of days is wanted.");
}

function show(json: boolean | undefined, facts: Facts, inWords: () => void): void {
  if (json) printJson(facts);
  else inWords();
}

function printMigrated({ applied, running }: Facts): void {
  const names = Array.isArray(applied) ? applied : [];
  if (running === true) console.log("The server runs: it applied all migrations when it started.");
  else
    console.log(
      names.length === 0 ? "The database is up to date." : `Applied: ${names.join(", ")}`,
    );
}

function printAdopted({ running }: Facts): void {
  console.log(
    running === true
      ? "The server runs: its database and its files belong together."
      : "The database and the files belong together now. Run `npm run cli -- verify` to find files that are missing.",
  );
}
