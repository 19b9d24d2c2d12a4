import { randomBytes } from "node:crypto";
import { defineProfiles, profile } from "../../src/core/profiles.ts";
import { type Environment, readEnvironment } from "../../src/env.ts";
import { type Application, composeApplication } from "../../src/server/application.ts";
import { type MoveAsk, moveFrom } from "../../src/server/move/move.ts";
import type { Facts, Operator } from "../../src/server/operator-commands.ts";
import { toUploadView } from "../../src/wire/upload-view.ts";
import { arriving } from "./memory-core.ts";
import { freshPostgres, postgresUrl } from "./postgres.ts";
import { tempDirectory } from "./temp-directory.ts";

const signal = new AbortController().signal;

/** An installation with SQLite and files, and an empty PostgreSQL database. */
export interface MoveScene extends AsyncDisposable {
  readonly dataDir: string;
  /** The empty database. */
  readonly to: string;
  settings(changes?: Record<string, string>): Environment;
  move(ask?: Partial<MoveAsk>, operator?: Partial<Operator>): Promise<Facts>;
}

export async function moveScene(env: Record<string, string> = {}): Promise<MoveScene> {
  const directory = await tempDirectory();
  const database = await newPostgres();
  const settings = (changes: Record<string, string> = {}) =>
    readEnvironment({
      NODE_ENV: "test",
      DATA_DIR: directory.path,
      LOG_LEVEL: "silent",
      SWEEP_INTERVAL: "off",
      NEXTAUTH_SECRET: "the secret of the move's tests",
      ...env,
      ...changes,
    });
  return {
    dataDir: directory.path,
    to: database.url,
    settings,
    move: (ask = {}, operator = {}) =>
      moveFrom(
        settings(),
        { to: database.url, store: null, dryRun: false, leaveDamaged: false, ...ask },
        { signal, report: () => undefined, confirm: async () => false, ...operator },
      ),
    async [Symbol.asyncDispose]() {
      await database[Symbol.asyncDispose]();
      await directory[Symbol.asyncDispose]();
    },
  };
}

/** An empty database; fails where no PostgreSQL can be started. */
export async function newPostgres() {
  const admin = await postgresUrl();
  if (admin === null) throw new Error("No PostgreSQL can be started here.");
  return freshPostgres(admin);
}

const profiles = defineProfiles({
  default: profile({ checksum: "optional" }),
  delivered: profile({
    checksum: "optional",
    onComplete: async () => {
      throw new Error("Not now.");
    },
  }),
});

/** Runs `work` on an application that is composed as a server's is, without listening. */
export async function withApplication<T>(
  environment: Environment,
  work: (application: Application) => Promise<T>,
): Promise<T> {
  const application = await composeApplication(environment, { profiles, serving: false });
  try {
    return await work(application);
  } finally {
    await application.close();
  }
}

export interface NewFile {
  readonly bytes: Uint8Array;
  readonly profile?: string;
  readonly checksumAlgorithm?: string;
  /** Sends the bytes without the last one, and does not complete. */
  readonly unfinished?: boolean;
}

/** Uploads files of one new user. Returns the storage keys in the order of `files`. */
export async function fill(
  { auth, core: { service } }: Application,
  email: string,
  files: readonly NewFile[],
): Promise<string[]> {
  const user = await auth.users.create({ email, password: "a password of some length" });
  const principal = { ...user, kind: "user", via: "session" } as const;
  await auth.tokens.create(principal, { name: "test" });
  const keys: string[] = [];
  for (const { bytes, unfinished, ...given } of files) {
    const total = bytes.length;
    const filename = `file ${keys.length}.bin`;
    const { id, storageKey } = await service.init(principal, { filename, size: total, ...given });
    const end = unfinished ? total - 1 : total;
    if (end > 0)
      await service.append(principal, {
        ...{ id, contentLength: end, signal, position: { start: 0, end, total } },
        body: arriving(bytes.subarray(0, end), { step: 65_536 }),
      });
    if (!unfinished) await service.complete(principal, { id });
    keys.push(storageKey);
  }
  return keys;
}

/** Deletes a user's upload by its storage key. */
export async function deleteOf({ auth, core }: Application, email: string, key = "") {
  const user = (await auth.users.list()).find((each) => each.email === email);
  if (user === undefined) throw new Error(`There is no user ${email}.`);
  await core.service.remove({ ...user, kind: "user", via: "session" }, key.split("/").at(-1) ?? "");
}

/** The views of all uploads of each user by e-mail address, as `uploads.list` and `uploads.status` show them. */
export function viewsOf(environment: Environment): Promise<Record<string, unknown[]>> {
  return withApplication(environment, async ({ auth, core: { service } }) => {
    const views: Record<string, unknown[]> = {};
    for (const user of await auth.users.list()) {
      const principal = { ...user, kind: "user", via: "session" } as const;
      const extras = { publicUrl: "", now: new Date(), prefix: null, data: null };
      const { items } = await service.list(principal, { limit: 100 });
      views[user.email] = [];
      for (const upload of items) {
        const status = toUploadView(await service.status(principal, upload.id), extras);
        views[user.email]?.push({ listed: toUploadView(upload, extras), status });
      }
    }
    return views;
  });
}

/** What `verify` finds, by id: null for a file that matches its record. */
export function findings(environment: Environment): Promise<Record<string, string | null>> {
  return withApplication(environment, async ({ core }) => {
    const found: Record<string, string | null> = {};
    for await (const { upload, problem } of core.administration.verify())
      found[upload.id] = problem;
    return found;
  });
}

export const randomFiles = (...sizes: number[]): NewFile[] =>
  sizes.map((size) => ({ bytes: randomBytes(size) }));
