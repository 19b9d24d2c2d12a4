import type { TRPCClient, TRPCClientError } from "@trpc/client";
import { expectTypeOf } from "vitest";
import { z } from "zod";
import type { UploadErrorCode } from "../../src/core/errors.ts";
import { defineProfiles, profile } from "../../src/core/profiles.ts";
import type { AppRouter } from "../../src/doors/trpc/app-router.ts";
import type { AppRouterOf, ProfileShapesOf } from "../../src/doors/trpc/router-contract.ts";
import type { UploadView } from "../../src/wire/schemas.ts";

// Inputs that the typed tRPC client accepts and rejects. Checked by the compiler only; nothing is run.

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

  // @ts-expect-error an unknown profile
  await init.mutate({ filename: "a", profile: "avatars" });
  // @ts-expect-error required metadata is missing
  await init.mutate({ filename: "a", profile: "avatar" });
  // @ts-expect-error metadata of the wrong type
  await init.mutate({ filename: "a", profile: "avatar", metadata: { albumId: 7 } });
  // @ts-expect-error a required metadata key is missing
  await init.mutate({ filename: "a", profile: "avatar", metadata: {} });
  // @ts-expect-error an unknown metadata key
  await init.mutate({ filename: "a", profile: "scan", metadata: { sheets: 3 } });
  // @ts-expect-error values of untyped metadata are strings
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
  // @ts-expect-error an unknown status
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
  // @ts-expect-error only tokens.create returns the secret
  listed?.token;
  const page = await admin.uploads.list.query({ sort: "size", order: "asc" });
  expectTypeOf(page.total).toEqualTypeOf<number>();
  expectTypeOf(page.items[0]?.user?.email).toEqualTypeOf<string | undefined>();
  const [user] = await admin.users.list.query();
  // @ts-expect-error hashes are never returned
  user?.passwordHash;
  expectTypeOf((await admin.stats.query()).byStatus.expired).toEqualTypeOf<number>();
}

export function failed(error: TRPCClientError<AppRouter>): void {
  const upload = error.data?.upload;
  expectTypeOf(upload?.code).toEqualTypeOf<UploadErrorCode | undefined>();
  expectTypeOf(upload?.expected_offset).toEqualTypeOf<number | undefined>();
  // @ts-expect-error an unknown code
  upload?.code === "GONE_FISHING";
}

/** `AppRouter` has the profiles of this repository. */
export async function own({ uploads }: TRPCClient<AppRouter>): Promise<void> {
  await uploads.init.mutate({ filename: "a", profile: "image", metadata: { album: "x" } });
  await uploads.init.mutate({ filename: "a", profile: "image" });
  // @ts-expect-error album is a string
  await uploads.init.mutate({ filename: "a", profile: "image", metadata: { album: 5 } });
}
