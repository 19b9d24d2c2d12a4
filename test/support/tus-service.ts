import { createHash } from "node:crypto";
import { type BootedApp, type BootOptions, bootApp } from "./boot-app.ts";

/** A running application as its tus clients see it, signed in as one user. */
export interface TusService extends AsyncDisposable {
  readonly app: BootedApp;
  /** The upload creation URL. */
  readonly endpoint: string;
  readonly headers: { readonly Authorization: string };
  /** SHA-256 (hex) of the finished file of an upload, as people download it. */
  stored(uploadUrl: string | null): Promise<string>;
  /** The user's uploads, as the page of the files lists them: newest first. */
  listed(): Promise<readonly ListedUpload[]>;
}

export interface ListedUpload {
  readonly id: string;
  readonly filename: string;
  readonly size: number | null;
  readonly status: string;
}

export async function openTusService(options: BootOptions = {}): Promise<TusService> {
  const app = await bootApp(options);
  const token = await app.token();
  const headers = { Authorization: `Bearer ${token}` };
  return {
    app,
    endpoint: `${app.url}/api/tus`,
    headers,
    async stored(uploadUrl) {
      const id = idOf(uploadUrl);
      const answer = await fetch(`${app.url}/api/uploads/${id}/file`, { headers });
      if (answer.status !== 200) throw new Error(`${id}: ${answer.status} ${await answer.text()}`);
      const hash = createHash("sha256");
      for await (const piece of answer.body ?? []) hash.update(piece);
      return hash.digest("hex");
    },
    async listed() {
      const { items } = await app.client(token).uploads.list.query({ limit: 100 });
      return items.map(({ id, filename, size, status }) => ({ id, filename, size, status }));
    },
    [Symbol.asyncDispose]: () => app[Symbol.asyncDispose](),
  };
}

/** The id of an upload: the last segment of its tus URL. */
export function idOf(uploadUrl: string | null): string {
  const id = /([^/]+)$/.exec(uploadUrl ?? "")?.[1];
  if (id === undefined) throw new Error(`No upload URL: ${uploadUrl}`);
  return id;
}
