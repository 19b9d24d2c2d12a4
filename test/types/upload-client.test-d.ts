import { expectTypeOf } from "vitest";
import { z } from "zod";
import {
  type UploadClient as BrowserClient,
  type CompletedView,
  createUploadClient as inBrowser,
} from "../../src/client/browser/index.ts";
import type { FailureCode, UploadFailure, UploadView } from "../../src/client/index.ts";
import { createUploadClient as inNode } from "../../src/client/node/index.ts";
import { useUploads } from "../../src/client/react/index.ts";
import { defineProfiles, profile } from "../../src/core/profiles.ts";
import type { AppRouterOf, ProfileShapesOf } from "../../src/doors/trpc/router-contract.ts";

// Arguments that the upload client accepts and rejects. Checked by the compiler only; nothing is run.

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
  maybe: profile({ onComplete: async () => (Math.random() > 2 ? { pages: 3 } : undefined) }),
  silent: profile({ onComplete: async () => undefined }),
});
type ProfileName = keyof typeof profiles;
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
  const done = await avatar.done;
  expectTypeOf(done.data).toEqualTypeOf<{ thumbnailUrl: string; at: Date }>();
  expectTypeOf(done.checksum).toEqualTypeOf<string>();
  expectTypeOf(done.fileUrl).toEqualTypeOf<string>();
  expectTypeOf(done.size).toEqualTypeOf<number>();
  expectTypeOf(done.completedAt).toEqualTypeOf<Date>();
  expectTypeOf(done.status).toEqualTypeOf<"complete">();
  expectTypeOf(done.profile).toEqualTypeOf<"avatar">();
  expectTypeOf(await avatar.done).toExtend<UploadView>();

  const scan = client.upload(file, { profile: "scan" });
  expectTypeOf((await scan.done).data).toEqualTypeOf<string>();
  const maybe = client.upload(file, { profile: "maybe" });
  expectTypeOf((await maybe.done).data).toEqualTypeOf<{ pages: number } | null>();
  const silent = client.upload(file, { profile: "silent" });
  expectTypeOf((await silent.done).data).toEqualTypeOf<null>();
  const plain = client.upload(file);
  expectTypeOf((await plain.done).data).toEqualTypeOf<null>();
  const free = client.upload(file, { metadata: { any: "thing" } });
  expectTypeOf((await free.done).data).toEqualTypeOf<null>();
  // @ts-expect-error an unknown profile
  client.upload(file, { profile: "avatars" });
  // @ts-expect-error required metadata is missing
  client.upload(file, { profile: "avatar" });
  // @ts-expect-error a required metadata key is missing
  client.upload(file, { profile: "avatar", metadata: {} });
  // @ts-expect-error metadata of the wrong type
  client.upload(file, { profile: "avatar", metadata: { albumId: 7 } });
  // @ts-expect-error an unknown metadata key
  client.upload(file, { profile: "scan", metadata: { sheets: 3 } });
  // @ts-expect-error values of untyped metadata are strings
  client.upload(file, { metadata: { pages: 3 } });
  client.upload(file, { transfer: "auto" });
  // @ts-expect-error an unknown way of the bytes
  inBrowser<Router>({ transfer: "bucket" });
  // @ts-expect-error an unknown option
  client.upload(file, { profile: "scan", chunksize: 5 });
  // @ts-expect-error continueUpload continues an existing upload
  client.upload(file, { uploadId: "…" });
  // @ts-expect-error paths are not supported in browsers
  client.upload("/tmp/a", { profile: "scan" });
}

export async function continuing(file: File): Promise<void> {
  const client = inBrowser<Router>({ url: "https://files.example.com" });
  const named = client.continueUpload(file, { uploadId: "…", profile: "avatar" });
  expectTypeOf((await named.done).profile).toEqualTypeOf<"avatar">();
  expectTypeOf((await named.done).data).toEqualTypeOf<{ thumbnailUrl: string; at: Date }>();
  const view = await client.continueUpload(file, { uploadId: "…" }).done;
  expectTypeOf(view.profile).toEqualTypeOf<ProfileName>();
  if (view.profile === "scan") expectTypeOf(view.data).toEqualTypeOf<string>();

  // @ts-expect-error uploadId is missing
  client.continueUpload(file, { profile: "avatar" });
  // @ts-expect-error an existing upload already has its metadata
  client.continueUpload(file, { uploadId: "…", metadata: { albumId: "7" } });
}

export async function existingFiles(file: File): Promise<void> {
  const client = inBrowser<Router>();
  const found = await client.existing(file, { path: "a/b", profile: "avatar" });
  // The upload is complete, but its `onComplete` may not have run yet.
  expectTypeOf(found?.data).toEqualTypeOf<{ thumbnailUrl: string; at: Date } | null | undefined>();
  expectTypeOf(found?.checksum).toEqualTypeOf<string | undefined>();
  expectTypeOf((await client.existing(file))?.profile).toEqualTypeOf<"default" | undefined>();
  // @ts-expect-error an unknown profile
  await client.existing(file, { profile: "avatars" });
}

export async function sourcesOfNode(stream: NodeJS.ReadableStream): Promise<void> {
  const client = inNode<Router>({ url: "https://files.example.com", token: "…", resume: "/tmp/x" });
  const { data } = await client.upload("./me.png", {
    profile: "avatar",
    metadata: { albumId: "7", crop: true },
  }).done;
  expectTypeOf(data).toEqualTypeOf<{ thumbnailUrl: string; at: Date }>();
  client.upload(new Uint8Array(3));
  client.upload(new Blob(["x"]), { filename: "x.txt" });
  client.upload(stream, { filename: "x" });
  // @ts-expect-error url is required in Node
  inNode<Router>({});
  // @ts-expect-error an unsupported chunk digest
  inNode<Router>({ url: "", chunkDigest: "sha1" });
}

export async function queuesAndCalls(file: File): Promise<void> {
  const client = inBrowser<Router>();
  const queue = client.createQueue();
  await queue.add([
    { file },
    { file, options: { path: "a/b" } },
    {
      file,
      options: {
        profile: "avatar",
        metadata: { albumId: "7" },
        onDone: ({ data }) =>
          expectTypeOf(data).toEqualTypeOf<{ thumbnailUrl: string; at: Date }>(),
      },
    },
    { file, uploadId: "…", options: { path: "a/b" } },
  ]);
  const leave = queue.onDone((view, { upload }) => {
    expectTypeOf(view.profile).toEqualTypeOf<ProfileName>();
    if (view.profile === "avatar")
      expectTypeOf(view.data).toEqualTypeOf<{ thumbnailUrl: string; at: Date }>();
    expectTypeOf(upload.snapshot().phase).toExtend<string>();
  });
  leave();
  for (const { upload } of queue.snapshot.items) {
    const view = await upload.done;
    expectTypeOf(view.checksum).toEqualTypeOf<string>();
    if (view.profile === "scan") expectTypeOf(view.data).toEqualTypeOf<string>();
  }
  // @ts-expect-error an unknown profile, in a queue
  await queue.add([{ file, options: { profile: "avatars" } }]);
  // @ts-expect-error required metadata is missing, in a queue
  await queue.add([{ file, options: { profile: "avatar" } }]);
  const page = await client.trpc.uploads.list.query();
  expectTypeOf(page.items[0]?.profile).toEqualTypeOf<ProfileName | undefined>();
  // @ts-expect-error an unknown status
  await client.trpc.uploads.list.query({ status: "done" });
}

export function UploadsPage({ client }: { client: BrowserClient<Router> }): null {
  const { items, queue } = useUploads(client, {
    onDone: (view, { key }) => {
      expectTypeOf(view.profile).toEqualTypeOf<ProfileName>();
      expectTypeOf(key).toEqualTypeOf<number>();
    },
  });
  expectTypeOf(items).toEqualTypeOf<typeof queue.snapshot.items>();
  for (const { upload } of items) expectTypeOf(upload.done).toExtend<Promise<CompletedView>>();
  return null;
}

/** The default router type is that of this repository. */
export async function own(file: File): Promise<void> {
  const client = inBrowser();
  const { data } = await client.upload(file, { profile: "image", metadata: { album: "x" } }).done;
  expectTypeOf(data).toEqualTypeOf<{ album: string | null; bytes: number }>();
  // @ts-expect-error album is a string
  client.upload(file, { profile: "image", metadata: { album: 5 } });
}

export function failures(failure: UploadFailure): void {
  expectTypeOf(failure.code).toEqualTypeOf<FailureCode>();
  expectTypeOf<"COMPLETION_FAILED">().toExtend<FailureCode>();
  // @ts-expect-error an unknown code
  failure.code === "GONE_FISHING";
}
