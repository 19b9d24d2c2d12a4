import { expectTypeOf } from "vitest";
import { z } from "zod";
import { createUploadClient as inBrowser } from "../../src/client/browser/index.ts";
import type { FailureCode, UploadFailure, UploadView } from "../../src/client/index.ts";
import { createUploadClient as inNode } from "../../src/client/node/index.ts";
import { defineProfiles, profile } from "../../src/core/profiles.ts";
import type { AppRouterOf, ProfileShapesOf } from "../../src/doors/trpc/router-contract.ts";

// What callers of the upload client may and may not say. Checked by the compiler alone: nothing here runs.

const profiles = defineProfiles({
  default: profile(),
  avatar: profile({
    metadata: z.object({ albumId: z.string(), crop: z.boolean().default(false) }),
    onComplete: async ({ metadata }) => ({ thumbnailUrl: `/${metadata.albumId}`, at: new Date() }),
  }),
  scan: profile({
    metadata: z.object({ pages: z.number().optional() }),
    onComplete: () => "text",
  }),
});
type Router = AppRouterOf<ProfileShapesOf<typeof profiles>>;

export async function profilesAreTyped(file: File): Promise<void> {
  const client = inBrowser<Router>({ url: "https://files.example.com", token: async () => "…" });

  const avatar = client.upload(file, {
    profile: "avatar",
    metadata: { albumId: "7" },
    onProgress: ({ sent, size, speed }) => {
      expectTypeOf(sent).toEqualTypeOf<number>();
      expectTypeOf(size).toEqualTypeOf<number | null>();
      expectTypeOf(speed).toEqualTypeOf<number | null>();
    },
    signal: new AbortController().signal,
    filename: "me.png",
    contentType: "image/png",
    chunkSize: 2 ** 20,
    checksumAlgorithm: "sha256",
  });
  avatar.pause();
  avatar.resume();
  await avatar.abort();
  const { data, checksum, fileUrl, profile: name } = await avatar.done;
  expectTypeOf(data).toEqualTypeOf<{ thumbnailUrl: string; at: Date } | null>();
  expectTypeOf(checksum).toEqualTypeOf<string | null>();
  expectTypeOf(fileUrl).toEqualTypeOf<string | null>();
  expectTypeOf(name).toEqualTypeOf<"avatar">();
  expectTypeOf(await avatar.done).toExtend<UploadView>();

  const scan = client.upload(file, { profile: "scan" });
  expectTypeOf((await scan.done).data).toEqualTypeOf<string | null>();
  const plain = client.upload(file);
  expectTypeOf((await plain.done).data).toEqualTypeOf<null>();
  const free = client.upload(file, { metadata: { any: "thing" } });
  expectTypeOf((await free.done).data).toEqualTypeOf<null>();
  const continued = client.upload(file, { uploadId: "…", profile: "avatar" });
  expectTypeOf((await continued.done).profile).toEqualTypeOf<"avatar">();
  const unknown = client.upload(file, { uploadId: "…" });
  expectTypeOf((await unknown.done).profile).toEqualTypeOf<"default" | "avatar" | "scan">();

  // @ts-expect-error a profile that was not declared
  client.upload(file, { profile: "avatars" });
  // @ts-expect-error metadata that the profile asks for is missing
  client.upload(file, { profile: "avatar" });
  // @ts-expect-error metadata without what the profile asks for
  client.upload(file, { profile: "avatar", metadata: {} });
  // @ts-expect-error metadata of another type
  client.upload(file, { profile: "avatar", metadata: { albumId: 7 } });
  // @ts-expect-error metadata that the profile does not know
  client.upload(file, { profile: "scan", metadata: { sheets: 3 } });
  // @ts-expect-error free metadata is made of strings
  client.upload(file, { metadata: { pages: 3 } });
  // @ts-expect-error an option that is none
  client.upload(file, { profile: "scan", chunksize: 5 });
  // @ts-expect-error an upload begun elsewhere has its metadata
  client.upload(file, { uploadId: "…", metadata: { albumId: "7" } });
  // @ts-expect-error a path is no source in a browser
  client.upload("/tmp/a", { profile: "scan" });
}

export async function sourcesOfNode(stream: NodeJS.ReadableStream): Promise<void> {
  const client = inNode<Router>({ url: "https://files.example.com", token: "…", resume: "/tmp/x" });
  const { data } = await client.upload("./me.png", {
    profile: "avatar",
    metadata: { albumId: "7", crop: true },
  }).done;
  expectTypeOf(data).toEqualTypeOf<{ thumbnailUrl: string; at: Date } | null>();
  client.upload(new Uint8Array(3));
  client.upload(new Blob(["x"]), { filename: "x.txt" });
  client.upload(stream, { filename: "x" });
  // @ts-expect-error Node's client needs to know where the server is
  inNode<Router>({});
  // @ts-expect-error no such digest of chunks
  inNode<Router>({ url: "", chunkDigest: "sha1" });
}

export async function queuesAndCalls(file: File): Promise<void> {
  const client = inBrowser<Router>();
  const queue = client.createQueue();
  await queue.add([
    { file },
    { file, options: { path: "a/b" } },
    { file, options: { profile: "avatar", metadata: { albumId: "7" } } },
  ]);
  // @ts-expect-error a queue knows the profiles, too
  await queue.add([{ file, options: { profile: "avatars" } }]);
  // @ts-expect-error and what they ask for
  await queue.add([{ file, options: { profile: "avatar" } }]);
  const page = await client.trpc.uploads.list.query();
  expectTypeOf(page.items[0]?.profile).toEqualTypeOf<"default" | "avatar" | "scan" | undefined>();
  // @ts-expect-error no such status
  await client.trpc.uploads.list.query({ status: "done" });
}

/** Without a router of its own a client is this repository's. */
export async function own(file: File): Promise<void> {
  const client = inBrowser();
  const { data } = await client.upload(file, { profile: "image", metadata: { album: "x" } }).done;
  expectTypeOf(data).toEqualTypeOf<{ album: string | null; bytes: number } | null>();
  // @ts-expect-error albums are named by strings
  client.upload(file, { profile: "image", metadata: { album: 5 } });
}

export function failures(failure: UploadFailure): void {
  expectTypeOf(failure.code).toEqualTypeOf<FailureCode>();
  expectTypeOf<"COMPLETION_FAILED">().toExtend<FailureCode>();
  // @ts-expect-error no such code
  failure.code === "GONE_FISHING";
}
