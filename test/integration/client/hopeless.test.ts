import { randomBytes } from "node:crypto";
import { Readable } from "node:stream";
import { describe, expect, it } from "vitest";
import { createUploadClient } from "../../../src/client/node/index.ts";
import { defineProfiles, profile } from "../../../src/core/profiles.ts";
import type { AppRouterOf, ProfileShapesOf } from "../../../src/doors/trpc/router-contract.ts";
import { type BootedApp, bootApp } from "../../support/boot-app.ts";

const MIB = 2 ** 20;

/** The unfinished uploads that still use the user's quota. */
async function leftovers(app: BootedApp): Promise<string[]> {
  const { uploads } = app.client(await app.token());
  return (await uploads.list.query({ status: "uploading" })).items.map(({ filename }) => filename);
}

const codeOf = (error: { code: string }) => error.code;

describe("an upload that can never complete is deleted", () => {
  it("when its first bytes show a type that the profile does not accept", async () => {
    const profiles = defineProfiles({
      default: profile(),
      image: profile({ accept: ["image/*"] }),
    });
    await using app = await bootApp({ profiles });
    type Router = AppRouterOf<ProfileShapesOf<typeof profiles>>;
    const client = createUploadClient<Router>({ url: app.url, token: () => app.token() });
    const bytes = Buffer.concat([Buffer.from("%PDF-1.7\n"), randomBytes(2 * MIB)]);
    const upload = client.upload(bytes, { filename: "scan.pdf", profile: "image" });
    expect(await upload.done.catch(codeOf)).toBe("REJECTED");
    expect(await leftovers(app)).toEqual([]);
  });

  it("when its stream fails", async () => {
    await using app = await bootApp();
    const client = createUploadClient({ url: app.url, token: () => app.token() });
    async function* breaking() {
      yield randomBytes(9 * MIB);
      throw new Error("the other program ended");
    }
    const upload = client.upload(Readable.from(breaking()), { filename: "dump.sql" });
    expect(await upload.done.catch(codeOf)).toBe("FILE_UNREADABLE");
    expect(await leftovers(app)).toEqual([]);
  });

  it("but not when it was created elsewhere", async () => {
    await using app = await bootApp();
    const token = await app.token();
    const { uploads } = app.client(token);
    const { id } = await uploads.init.mutate({ filename: "theirs.bin" });
    const client = createUploadClient({ url: app.url, token });
    async function* breaking() {
      yield randomBytes(MIB);
      throw new Error("the other program ended");
    }
    const upload = client.continueUpload(Readable.from(breaking()), {
      uploadId: id,
      filename: "x",
    });
    expect(await upload.done.catch(codeOf)).toBe("FILE_UNREADABLE");
    expect(await leftovers(app)).toEqual(["theirs.bin"]);
  });
});
