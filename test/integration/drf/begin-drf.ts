import { expect } from "vitest";
import { type BootedApp, type BootOptions, bootApp } from "../../support/boot-app.ts";
import { DrfClient, said } from "../../support/drf-client.ts";
import { type RandomFile, randomFile } from "../../support/random-file.ts";

/** A running application with a client of the drf door. */
export interface DrfApp extends AsyncDisposable {
  readonly app: BootedApp;
  readonly drf: DrfClient;
}

export async function bootDrf(options: BootOptions = {}): Promise<DrfApp> {
  const app = await bootApp(options);
  const drf = DrfClient.by(app.url, await app.token());
  return { app, drf, [Symbol.asyncDispose]: () => app[Symbol.asyncDispose]() };
}

/** Creates an upload with its first chunk of `first` bytes. */
export interface DrfUpload {
  readonly id: string;
  readonly url: string;
  readonly file: RandomFile;
  /** Sends `[start, end)`; returns status and body. */
  chunk(start: number, end: number): Promise<{ status: number; body: Record<string, unknown> }>;
}

export async function beginDrf(
  drf: DrfClient,
  ask: { size?: number; first?: number; fields?: Record<string, string> } = {},
): Promise<DrfUpload> {
  const { size = 100_000, first = 10_000, fields = { filename: "afile" } } = ask;
  const file = randomFile(size, size);
  const answer = await drf.put({ bytes: file.slice(0, first), total: size, fields });
  expect(answer.status, String(answer.body)).toBe(200);
  const { id, url } = said(answer);
  return {
    id,
    url,
    file,
    async chunk(start, end) {
      const { status, json } = await drf.put(
        { bytes: file.slice(start, end), start, total: size },
        url,
      );
      return { status, body: json() as Record<string, unknown> };
    },
  };
}

/** The ids of the client's list. */
export async function listed(drf: DrfClient): Promise<string[]> {
  const answer = await drf.ask("GET", drf.at);
  expect(answer.status).toBe(200);
  return (answer.json() as { id: string }[]).map(({ id }) => id);
}
