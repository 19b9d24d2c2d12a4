import type { UploadErrorCode } from "../../../src/core/errors.ts";
import { defineProfiles, profile } from "../../../src/core/profiles.ts";
import { type BegunUpload, beginUpload } from "../../support/begin-upload.ts";
import type { BootedApp } from "../../support/boot-app.ts";
import { expire } from "../../support/edit-records.ts";
import { send, type WholeAnswer } from "../../support/http-client.ts";
import { randomFile } from "../../support/random-file.ts";
import { call, type ProcedureKind } from "./procedures.ts";

export const SIZE = 200_000;
export const CHUNK = 65_536;
export const LIMIT = 1_000_000;
export const QUOTA = 3_000_000;

export const env = {
  CHUNKED_UPLOAD_MAX_BYTES: String(LIMIT),
  QUOTA_BYTES: String(QUOTA),
  CHUNK_SIZE: String(CHUNK),
};

export const profiles = defineProfiles({
  default: profile(),
  picture: profile({ accept: ["image/*"] }),
});

/** The fixtures of a row, created for each one. */
export interface Scene {
  readonly app: BootedApp;
  readonly upload: BegunUpload;
}

/** A request that causes an error at one door. */
export interface ErrorRow {
  readonly code: UploadErrorCode;
  readonly door: "raw" | "trpc" | "drf" | "tus";
  readonly status: number;
  readonly when: string;
  readonly details?: Record<string, unknown>;
  readonly detail?: string;
  readonly retryAfter?: true;
  readonly ask: (scene: Scene) => Promise<WholeAnswer>;
}

export async function scene(app: BootedApp): Promise<Scene> {
  const headers = { authorization: `Bearer ${await app.token()}` };
  const file = randomFile(SIZE);
  return { app, upload: await beginUpload({ url: app.url, headers, file }) };
}

interface Put {
  readonly range?: string | null;
  readonly bytes?: number;
  readonly headers?: Record<string, string>;
}

/** Sends a PUT with a body of `bytes` zeros. */
export function put({ upload }: Pick<Scene, "upload">, ask: Put = {}): Promise<WholeAnswer> {
  const { range = `bytes 0-9/${SIZE}`, bytes = 10 } = ask;
  return send(upload.target.url, {
    method: "PUT",
    headers: {
      ...upload.target.headers,
      "content-length": String(bytes),
      ...(range === null ? {} : { "content-range": range }),
      ...ask.headers,
    },
    body: Buffer.alloc(bytes),
  });
}

export const at = (
  { upload }: Pick<Scene, "upload">,
  ask: { method?: string; path?: string; headers?: Record<string, string> } = {},
) =>
  send(upload.target.url + (ask.path ?? ""), {
    method: ask.method ?? "GET",
    headers: { ...upload.target.headers, ...ask.headers },
  });

export function trpc(
  { app, upload }: Scene,
  name: string,
  ask: { input?: unknown; kind?: ProcedureKind; headers?: Record<string, string> } = {},
): Promise<WholeAnswer> {
  const { input = { id: upload.id }, kind = "mutation", headers } = ask;
  return call(app.url, { name, kind, input }, { ...upload.target.headers, ...headers });
}

export async function sendAll({ upload }: Pick<Scene, "upload">): Promise<void> {
  await upload.send({ start: 0, end: SIZE });
}

export async function completed(scene: Scene): Promise<void> {
  await sendAll(scene);
  await scene.upload.complete();
}

export const expired = ({ app, upload }: Scene) => expire(app, upload.id);

export const elsewhere = async ({ app }: Scene) => ({
  cookie: await app.sessionCookie(),
  "sec-fetch-site": "cross-site",
});
