import type { Server } from "node:http";
import { createMemoryStore } from "../../src/adapters/memory/memory-store.ts";
import type { PublicUser } from "../../src/core/account-services.ts";
import type { ChunkStore } from "../../src/core/ports/chunk-store.ts";
import type { UserPrincipal } from "../../src/core/principal.ts";
import type { Profiles } from "../../src/core/profiles.ts";
import { type Environment, readEnvironment } from "../../src/env.ts";
import { type Application, composeApplication } from "../../src/server/application.ts";
import { listen, serverOver } from "../../src/server/serve.ts";
import { freshPostgres, postgresUrl } from "./postgres.ts";

/** Null where no PostgreSQL can be started. */
export const postgres = await postgresUrl();

/** One of several instances, listening. */
export interface App {
  readonly application: Application;
  readonly url: string;
  /** Ends this instance as SIGTERM would. */
  end(): Promise<void>;
}

export interface SeveralApps extends AsyncDisposable {
  readonly url: string;
  readonly apps: readonly App[];
  /** One more instance. */
  start(): Promise<App>;
  user(role?: "user" | "admin"): Promise<UserPrincipal>;
}

/** Several instances over one PostgreSQL and one store, as the settings PostgreSQL and S3 make them. */
export async function severalApps(
  options: {
    env?: Record<string, string>;
    profiles?: Profiles;
    count?: number;
    /** One in memory when left out; null: the one that `env` names. */
    store?: ChunkStore | null;
  } = {},
): Promise<SeveralApps> {
  const fresh = await freshPostgres(postgres ?? "");
  const store = options.store === undefined ? createMemoryStore() : (options.store ?? undefined);
  const environment = severalOn(fresh.url, options.env);
  const apps: App[] = [];
  const start = async () => {
    const profiles = options.profiles;
    const application = await composeApplication(environment, { profiles, store });
    const server = serverOver(application, async (_, response) => void response.end());
    const url = await listen(server, { host: "127.0.0.1", port: 0 });
    const app = { application, url, end: () => end(server, application) };
    apps.push(app);
    return app;
  };
  for (let n = 0; n < (options.count ?? 2); n += 1) await start();
  return {
    url: fresh.url,
    apps,
    start,
    async user(role = "user") {
      const email = `${crypto.randomUUID()}@example.com`;
      const password = "a password of some length";
      const made: PublicUser | undefined = await apps[0]?.application.auth.users.create({
        ...{ email, password, role },
      });
      return { kind: "user", id: made?.id ?? "", email, role, via: "session" };
    },
    async [Symbol.asyncDispose]() {
      for (const app of apps) await app.end();
      await fresh[Symbol.asyncDispose]();
    },
  };
}

/** The settings of one of several instances; the store is given in code. */
function severalOn(url: string, env: Record<string, string> = {}): Environment {
  const environment = readEnvironment({
    ...{ NODE_ENV: "test", HOST: "127.0.0.1", LOG_LEVEL: "silent", SWEEP_INTERVAL: "off" },
    ...{ DATABASE_URL: url, NEXTAUTH_SECRET: "the secret of all instances", ...env },
    DATA_DIR: "/nonexistent/data",
  });
  return { ...environment, instances: "several" };
}

async function end(server: Server, application: Application): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await application.close();
}
