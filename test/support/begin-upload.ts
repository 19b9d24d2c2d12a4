import { createTRPCClient, httpBatchLink, type TRPCClient } from "@trpc/client";
import superjson from "superjson";
import { expect } from "vitest";
import type { UploadErrorCode } from "../../src/core/errors.ts";
import type { AppRouter } from "../../src/doors/trpc/app-router.ts";
import type { UploadView } from "../../src/wire/schemas.ts";
import { type ChunkExtras, type ChunkOf, sendChunk, type Target } from "./chunk-sender.ts";
import type { WholeAnswer } from "./http-client.ts";
import type { RandomFile } from "./random-file.ts";

export type Headers = Readonly<Record<string, string>>;

export interface Begin {
  /** Scheme, host and port, without a trailing slash. */
  readonly url: string;
  /** `Authorization`, or `Cookie` and what goes with it; nothing for an anonymous caller. */
  readonly headers?: Headers;
  readonly file: RandomFile;
  readonly init?: {
    readonly filename?: string;
    readonly size?: number | null;
    readonly chunkSize?: number;
    readonly checksumAlgorithm?: string;
    readonly contentType?: string;
    readonly profile?: string;
  };
}

/** An upload that was begun through tRPC, with what a test does to it. */
export interface BegunUpload {
  readonly id: string;
  readonly file: RandomFile;
  readonly view: UploadView;
  readonly client: TRPCClient<AppRouter>;
  readonly target: Target;
  send(chunk: ChunkOf & ChunkExtras): Promise<WholeAnswer>;
  status(): Promise<UploadView>;
  complete(checksum?: string): Promise<UploadView>;
  download(): Promise<Buffer>;
}

/** The typed client at a server that may be anywhere. */
export function apiClient(url: string, headers: Headers = {}): TRPCClient<AppRouter> {
  const link = httpBatchLink({
    url: `${url}/api/trpc`,
    transformer: superjson,
    headers: () => ({ ...headers }),
  });
  return createTRPCClient<AppRouter>({ links: [link] });
}

/** Begins an upload of `file`. */
export async function beginUpload({ url, headers = {}, file, init }: Begin): Promise<BegunUpload> {
  const client = apiClient(url, headers);
  const asked = { filename: file.name, size: file.size, ...init };
  const view: UploadView = await client.uploads.init.mutate(asked as { filename: string });
  const target: Target = { url: `${url}/api/uploads/${view.id}`, headers };
  return {
    id: view.id,
    file,
    view,
    client,
    target,
    send: (chunk) => sendChunk(target, file, chunk),
    status: () => client.uploads.status.query({ id: view.id }),
    complete: (checksum = file.digest()) =>
      client.uploads.complete.mutate({ id: view.id, checksum }),
    async download() {
      const answer = await fetch(`${target.url}/file`, { headers });
      if (answer.status !== 200) throw new Error(`The download answered ${answer.status}.`);
      return Buffer.from(await answer.arrayBuffer());
    },
  };
}

/** The code and details of a call that is refused. Fails the test when it is not. */
export async function refusal(
  call: Promise<unknown>,
): Promise<{ code: UploadErrorCode; httpStatus: number; [detail: string]: unknown }> {
  const outcome = await call.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
  if (!("error" in outcome)) throw new Error(`Not refused: ${JSON.stringify(outcome.value)}`);
  const { data } = outcome.error as { data?: { upload: object; httpStatus: number } };
  if (data === undefined || data === null) throw outcome.error;
  return { ...data.upload, httpStatus: data.httpStatus } as never;
}

/** That the raw door refused with `code`, and its status. */
export function expectProblem(
  answer: WholeAnswer,
  status: number,
  problem: { code: UploadErrorCode } & Record<string, unknown>,
): void {
  expect({ status: answer.status, ...(answer.json() as object) }).toMatchObject({
    status,
    ...problem,
  });
  expect(answer.headers["content-type"]).toBe("application/problem+json");
}

/** That the whole file lies on the server, byte for byte. */
export async function expectWhole(upload: BegunUpload): Promise<void> {
  const held = await upload.download();
  expect(held.length).toBe(upload.file.size);
  expect(held.equals(upload.file.slice(0, upload.file.size))).toBe(true);
}
