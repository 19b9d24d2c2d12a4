import type { TRPCClient, TRPCClientError } from "@trpc/client";
import { expectTypeOf } from "vitest";
import { z } from "zod";
import type { UploadErrorCode } from "../../src/core/errors.ts";
import { defineProfiles, profile } from "../../src/core/profiles.ts";
import type { AppRouter } from "../../src/doors/trpc/app-router.ts";
import type { AppRouterOf, ProfileShapesOf } from "../../src/doors/trpc/router-contract.ts";
import type { UploadView } from "../../src/wire/schemas.ts";

// What a typed client may and may not say. Checked by the compiler alone: nothing here runs.

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

type Client = TRPCClient<AppRouterOf<ProfileShapesOf<typeof profiles>>>;

export async function uploads({ uploads }: Client): Promise<void> {
  const { init, complete, list } = uploads;

  await init.mutate({ filename: "a", size: 1 });
  await init.mutate({ filename: "a", profile: "default", metadata: { anything: "goes" } });
  await init.mutate({ filename: "a", profile: "avatar", metadata: { albumId: "7" } });
  await init.mutate({ filename: "a", profile: "avatar", metadata: { albumId: "7", crop: true } });
  await init.mutate({ filename: "a", profile: "scan" });
  await init.mutate({ filename: "a", profile: "scan", metadata: { pages: 3 } });

  // @ts-expect-error a profile that was not declared
  await init.mutate({ filename: "a", profile: "avatars" });
  // @ts-expect-error metadata that the profile asks for is missing
  await init.mutate({ filename: "a", profile: "avatar" });
  // @ts-expect-error metadata of another type
  await init.mutate({ filename: "a", profile: "avatar", metadata: { albumId: 7 } });
  // @ts-expect-error metadata without what the profile asks for
  await init.mutate({ filename: "a", profile: "avatar", metadata: {} });
  // @ts-expect-error metadata that the profile does not know
  await init.mutate({ filename: "a", profile: "scan", metadata: { sheets: 3 } });
  // @ts-expect-error free metadata is made of strings
  await init.mutate({ filename: "a", metadata: { pages: 3 } });
  // @ts-expect-error no filename
  await init.mutate({ size: 1 });
  // @ts-expect-error sizes are numbers
  await init.mutate({ filename: "a", size: 1n });

  const view = await complete.mutate({ id: "…", checksum: "…" });
  expectTypeOf(view).toExtend<UploadView>();
  expectTypeOf(view.profile).toEqualTypeOf<"default" | "avatar" | "scan">();
  expectTypeOf(view.received).toEqualTypeOf<readonly (readonly [start: number, end: number])[]>();
  expectTypeOf(view.createdAt).toEqualTypeOf<Date>();
  if (view.profile === "avatar") {
    expectTypeOf(view.data).toEqualTypeOf<{ thumbnailUrl: string; at: Date } | null>();
  }
  if (view.profile === "scan") expectTypeOf(view.data).toEqualTypeOf<string | null>();
  if (view.profile === "default") expectTypeOf(view.data).toEqualTypeOf<null>();

  const page = await list.query();
  expectTypeOf(page.items).toEqualTypeOf<readonly (typeof view)[]>();
  // @ts-expect-error no such status
  await list.query({ status: "done" });

  uploads.watch.subscribe(undefined, {
    onData: ({ id, data }) => {
      expectTypeOf(id).toEqualTypeOf<string>();
      if (data.type === "deleted") expectTypeOf(data.id).toEqualTypeOf<string>();
      else expectTypeOf(data.upload).toEqualTypeOf<typeof view>();
    },
  });
}

export async function others({ tokens, admin }: Client): Promise<void> {
  expectTypeOf((await tokens.create.mutate({ name: "ci" })).token).toEqualTypeOf<string>();
  const [listed] = await tokens.list.query();
  // @ts-expect-error secrets are shown once, not in lists
  listed?.token;
  const page = await admin.uploads.list.query({ sort: "size", order: "asc" });
  expectTypeOf(page.total).toEqualTypeOf<number>();
  expectTypeOf(page.items[0]?.user?.email).toEqualTypeOf<string | undefined>();
  const [user] = await admin.users.list.query();
  // @ts-expect-error nobody sees hashes
  user?.passwordHash;
  expectTypeOf((await admin.stats.query()).byStatus.expired).toEqualTypeOf<number>();
}

export function failed(error: TRPCClientError<AppRouter>): void {
  const upload = error.data?.upload;
  expectTypeOf(upload?.code).toEqualTypeOf<UploadErrorCode | undefined>();
  expectTypeOf(upload?.expected_offset).toEqualTypeOf<number | undefined>();
  // @ts-expect-error no such code
  upload?.code === "GONE_FISHING";
}

/** The repository's own profiles reach its own router. */
export async function own({ uploads }: TRPCClient<AppRouter>): Promise<void> {
  await uploads.init.mutate({ filename: "a", profile: "image", metadata: { album: "x" } });
  await uploads.init.mutate({ filename: "a", profile: "image" });
  // @ts-expect-error albums are named by strings
  await uploads.init.mutate({ filename: "a", profile: "image", metadata: { album: 5 } });
}
