import { randomBytes } from "node:crypto";
import { z } from "zod";
import type { PublicUser, TokenService, UserService } from "../core/account-services.ts";
import { audit } from "../core/audit.ts";
import { UploadError } from "../core/errors.ts";
import type { Logger } from "../core/ports/system.ts";
import type { UserPrincipal } from "../core/principal.ts";
import type { UploadAdministration } from "../core/upload-service.ts";
import { inRequest } from "./request-scope.ts";

/** What an operator may ask of a server, by the command line or the socket in `DATA_DIR`. */
export const operatorCommand = z.discriminatedUnion("name", [
  z.object({
    name: z.literal("sweep"),
    keepRecord: z.boolean(),
    dryRun: z.boolean(),
    interactive: z.boolean(),
  }),
  z.object({ name: z.literal("verify"), id: z.string().nullable() }),
  z.object({
    name: z.literal("user add"),
    email: z.string(),
    displayName: z.string().nullable(),
    admin: z.boolean(),
    /** Null: one is made. */
    password: z.string().nullable(),
  }),
  z.object({
    name: z.literal("user password"),
    email: z.string(),
    /** Null: one is made. */
    password: z.string().nullable(),
  }),
  z.object({ name: z.literal("user revoke"), email: z.string() }),
  z.object({
    name: z.literal("token create"),
    email: z.string(),
    tokenName: z.string(),
    expiresInDays: z.number().int().positive().nullable(),
  }),
  z.object({
    name: z.literal("backup"),
    /** An absolute path of an empty or missing directory. */
    directory: z.string(),
    filesOnly: z.boolean(),
    copy: z.boolean(),
  }),
  z.object({ name: z.literal("migrate") }),
  /** Joins a database and files that did not belong together. Runs only without a server. */
  z.object({ name: z.literal("adopt") }),
]);
export type OperatorCommand = z.infer<typeof operatorCommand>;

/** The progress reports and the result of a command, as JSON. */
export type Facts = { readonly [key: string]: unknown };

/** Where a command's reports go, and where its questions are answered. */
export interface Operator {
  /** Aborts when the operator stops the command or leaves. */
  readonly signal: AbortSignal;
  report(facts: Facts): void;
  confirm(facts: Facts): Promise<boolean>;
}

/** What the commands work on. */
export interface OperatorTools {
  readonly administration: UploadAdministration;
  readonly users: UserService;
  readonly tokens: TokenService;
  readonly log: Logger;
  readonly backUp: (ask: CommandOf<"backup">, operator: Operator) => Promise<Facts>;
}

/**
 * Runs one command to its end and returns its result. All lines that it logs have one request id.
 * Throws NOT_FOUND (no such user or upload) and what the services throw.
 */
export function runOperatorCommand(
  tools: OperatorTools,
  command: OperatorCommand,
  operator: Operator,
): Promise<Facts> {
  return inRequest(null, () => run(tools, command, operator));
}

async function run(
  tools: OperatorTools,
  command: OperatorCommand,
  operator: Operator,
): Promise<Facts> {
  switch (command.name) {
    case "sweep":
      return sweep(tools, command, operator);
    case "verify":
      return verify(tools, command.id, operator);
    case "user add":
      return addUser(tools, command);
    case "user password":
      return setPassword(tools, command);
    case "user revoke":
      return revokeAll(tools, command);
    case "token create":
      return createToken(tools, command);
    case "backup":
      return tools.backUp(command, operator);
    case "migrate":
    case "adopt":
      return { applied: [], running: true };
  }
}

/** The `principal` of what the command line does. */
const byOperator = { principal: "operator" } as const;

type CommandOf<Name extends OperatorCommand["name"]> = Extract<OperatorCommand, { name: Name }>;

async function sweep(
  { administration, log }: OperatorTools,
  command: CommandOf<"sweep">,
  operator: Operator,
): Promise<Facts> {
  const confirm = ({
    id,
    filename,
    offset,
    expiresAt,
  }: {
    id: string;
    filename: string;
    offset: number;
    expiresAt: Date;
  }) => operator.confirm({ id, filename, bytes: offset, expiresAt });
  const report = await administration.sweep({
    keepRecord: command.keepRecord,
    keptRecords: true,
    dryRun: command.dryRun,
    orphans: true,
    signal: operator.signal,
    progress: everySoOften((seen) => operator.report({ ...seen })),
    ...(command.interactive ? { confirm } : {}),
  });
  const { files, records, bytes } = report;
  if (!command.dryRun) audit(log, "sweep", { ...byOperator, counts: { files, records, bytes } });
  return { ...report, stopped: operator.signal.aborted };
}

/** Reports at most this often, in ms. */
const REPORT_MS = 200;

/** The same function, which runs at most every `REPORT_MS`. */
export function everySoOften<T>(report: (value: T) => void): (value: T) => void {
  let last = performance.now();
  return (value) => {
    if (performance.now() - last < REPORT_MS) return;
    last = performance.now();
    report(value);
  };
}

async function verify(
  { administration }: OperatorTools,
  id: string | null,
  operator: Operator,
): Promise<Facts> {
  const counted = { checked: 0, damaged: 0, stopped: false };
  for await (const { upload, problem } of administration.verify(id === null ? {} : { id })) {
    counted.checked += 1;
    if (problem !== null) counted.damaged += 1;
    operator.report({
      id: upload.id,
      filename: upload.filename,
      storageKey: upload.storageKey,
      problem,
    });
    counted.stopped = operator.signal.aborted;
    if (counted.stopped) break;
  }
  return counted;
}

async function addUser(
  { users, log }: OperatorTools,
  command: CommandOf<"user add">,
): Promise<Facts> {
  const password = command.password ?? makePassword();
  const user = await users.create({
    email: command.email,
    password,
    role: command.admin ? "admin" : "user",
    ...(command.displayName === null ? {} : { name: command.displayName }),
  });
  audit(log, "user-created", { ...byOperator, subjectId: user.id });
  const facts = { id: user.id, email: user.email, role: user.role };
  return command.password === null ? { ...facts, password } : facts;
}

/** For a user who has lost the password. The user's sessions end. */
async function setPassword(
  { users, log }: OperatorTools,
  command: CommandOf<"user password">,
): Promise<Facts> {
  const { id, email, role } = await findOwner(users, command.email);
  const password = command.password ?? makePassword();
  await users.update({ id, password });
  audit(log, "user-updated", { ...byOperator, subjectId: id, fields: ["password"] });
  return { id, email, role, ...(command.password === null ? { password } : {}) };
}

/** Ends all sessions, API tokens and tickets of a user. */
async function revokeAll(
  { tokens, users }: OperatorTools,
  command: CommandOf<"user revoke">,
): Promise<Facts> {
  const owner = await findOwner(users, command.email);
  return { email: owner.email, ...(await tokens.revokeAll(owner)) };
}

function makePassword(): string {
  return randomBytes(12).toString("base64url");
}

async function createToken(
  { tokens, users }: OperatorTools,
  command: CommandOf<"token create">,
): Promise<Facts> {
  const owner = await findOwner(users, command.email);
  return tokens.create(owner, {
    name: command.tokenName,
    ...(command.expiresInDays === null ? {} : { expiresInDays: command.expiresInDays }),
  });
}

/** The operator acts for the user: nothing that a session may do is kept from the machine's owner. */
async function findOwner(users: UserService, email: string): Promise<UserPrincipal> {
  const wanted = email.trim().toLowerCase();
  const user = (await users.list()).find((one: PublicUser) => one.email === wanted);
  if (user === undefined)
    throw new UploadError("NOT_FOUND", { message: `There is no user ${email}.` });
  return { kind: "user", id: user.id, email: user.email, role: user.role, via: "session" };
}
