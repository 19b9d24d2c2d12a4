import type { Server } from "node:http";
import type { TRPCClient } from "@trpc/client";
import { encode } from "next-auth/jwt";
import type { PublicUser } from "../../src/core/account-services.ts";
import type { Logger } from "../../src/core/ports/system.ts";
import type { Profiles } from "../../src/core/profiles.ts";
import type { AppRouter } from "../../src/doors/trpc/app-router.ts";
import { readEnvironment } from "../../src/env.ts";
import { type Application, composeApplication } from "../../src/server/application.ts";
import { readOrCreateSecret } from "../../src/server/secret.ts";
import { type Fallback, listen, serverOver } from "../../src/server/serve.ts";
import { shutDown } from "../../src/server/shutdown.ts";
import { type Combination, chosenCombination, openCombination } from "./combination.ts";
import { onForeignEdit } from "./foreign-edits.ts";
import { freePort } from "./free-port.ts";
import { tempDirectory } from "./temp-directory.ts";
import { type Credential, trpcClient } from "./trpc-client.ts";

export interface BootOptions {
  /** Settings by their names; what is not named has its default. */
  readonly env?: Readonly<Record<string, string>>;
  readonly profiles?: Profiles;
  readonly database?: "sqlite" | "postgresql";
  /** Takes the place of the process's own log, which is silent here. */
  readonly log?: Logger;
  /** What answers where no door is; 404 when left out. */
  readonly fallback?: Fallback;
}

export interface NewTestUser {
  readonly email?: string;
  readonly password?: string;
  readonly role?: "user" | "admin";
}

/** A running application on a data directory of its own, without Next. */
export interface BootedApp extends AsyncDisposable {
  /** Without a trailing slash. */
  readonly url: string;
  readonly dataDir: string;
  readonly application: Application;
  readonly server: Server;
  /** Made on first use: an ordinary user. */
  user(): Promise<PublicUser>;
  createUser(ask?: NewTestUser): Promise<PublicUser>;
  /** A fresh API token (of `user()` when left out). */
  token(owner?: PublicUser): Promise<string>;
  /** A `Cookie` header of a fresh session. */
  sessionCookie(owner?: PublicUser): Promise<string>;
  /** The typed client, with a bearer token or with a `cookie` header. */
  client(credential?: Credential): TRPCClient<AppRouter>;
  /** Stops as SIGTERM would and starts again on the same data and port. */
  restart(): Promise<void>;
}

/** Boots the whole application; `await using` ends it and removes its data. */
export async function bootApp(options: BootOptions = {}): Promise<BootedApp> {
  const directory = await tempDirectory();
  const data = await openCombination(combinationOf(options));
  const port = await freePort();
  const environment = readEnvironment({
    NODE_ENV: "test",
    HOST: "127.0.0.1",
    PORT: String(port),
    PUBLIC_URL: `http://127.0.0.1:${port}`,
    DATA_DIR: directory.path,
    LOG_LEVEL: "silent",
    SWEEP_INTERVAL: "off",
    ADMIN_PASSWORD: "the first administrator's",
    ...data.env,
    ...options.env,
  });

  async function start() {
    const application = await composeApplication(environment, {
      profiles: options.profiles,
      log: options.log,
    });
    const server = serverOver(application, options.fallback ?? notFound);
    await listen(server, { host: "127.0.0.1", port });
    return { application, server };
  }

  let running = await start();
  onForeignEdit(directory.path, {
    databaseUrl: environment.databaseUrl,
    hear: () => running.application.forgetRecords(),
  });
  const stop = () =>
    shutDown({
      ...running,
      closePages: async () => undefined,
      clock: running.application.clock,
      log: running.application.log,
    });
  let known: Promise<PublicUser> | null = null;
  const url = `http://127.0.0.1:${port}`;

  const app: BootedApp = {
    url,
    dataDir: directory.path,
    get application() {
      return running.application;
    },
    get server() {
      return running.server;
    },
    user() {
      known ??= app.createUser();
      return known;
    },
    createUser: ({ email = `${crypto.randomUUID()}@example.com`, password, role } = {}) =>
      running.application.auth.users.create({
        email,
        password: password ?? "a password of some length",
        role: role ?? "user",
      }),
    async token(owner) {
      const { id, email, role } = owner ?? (await app.user());
      const made = await running.application.auth.tokens.create(
        { kind: "user", id, email, role, via: "session" },
        { name: "test" },
      );
      return made.token;
    },
    async sessionCookie(owner) {
      const { id } = owner ?? (await app.user());
      const { sessions } = running.application.auth;
      const claims = { ...(await sessions.begin({ id, tokenVersion: 0 })) };
      const secret = environment.auth.secret ?? (await readOrCreateSecret(directory.path));
      const token = await encode({ token: claims, secret });
      return `next-auth.session-token=${token}`;
    },
    client: (credential) => trpcClient(url, credential),
    async restart() {
      await stop();
      running = await start();
    },
    async [Symbol.asyncDispose]() {
      await stop();
      await data[Symbol.asyncDispose]();
      await directory[Symbol.asyncDispose]();
    },
  };
  return app;
}

/** The combination of the run, unless the options name data of their own. */
function combinationOf({ database, env = {} }: BootOptions): Combination {
  if (database !== undefined) return database === "sqlite" ? "sqlite-files" : "postgresql-files";
  const names = ["DATABASE_URL", "CHUNKED_UPLOAD_STORAGE", "DATA_DIR"];
  return names.some((name) => name in env) ? "sqlite-files" : chosenCombination();
}

const notFound: Fallback = async (_request, response) => {
  response.writeHead(404).end();
};
