import { describe, expect, it } from "vitest";
import { defineProfiles, type ProfileOptions, profile } from "../../../src/core/profiles.ts";
import { bootApp } from "../../support/boot-app.ts";

type Limit = NonNullable<ProfileOptions<never, null>["maxBytes"]>;

/** The limit that the page shows, and whether the server takes a file of that size and one byte more. */
async function limits(maxBytes: Limit | undefined) {
  const options = maxBytes === undefined ? {} : { maxBytes };
  await using app = await bootApp({
    env: { CHUNKED_UPLOAD_MAX_BYTES: "1000" },
    profiles: defineProfiles({ default: profile(options) }),
  });
  const user = await app.user();
  const shown = await app.application.largestFile({ ...user, kind: "user", via: "session" });
  const { uploads } = app.client(await app.token());
  const takes = (size: number) =>
    uploads.init.mutate({ filename: "a", size }).then(
      () => true,
      () => false,
    );
  const largest = shown ?? 5_000;
  return { shown, taken: await takes(largest), takenAbove: await takes(largest + 1) };
}

describe("the largest file that the page takes", () => {
  it("is the setting's where the profile has none", async () => {
    expect(await limits(undefined)).toEqual({ shown: 1_000, taken: true, takenAbove: false });
  });

  it("is the default profile's, be it smaller or larger than the setting", async () => {
    expect(await limits(400)).toEqual({ shown: 400, taken: true, takenAbove: false });
    expect(await limits("4 kB")).toEqual({ shown: 4_000, taken: true, takenAbove: false });
    expect(await limits(() => null)).toEqual({ shown: null, taken: true, takenAbove: true });
  });

  it("is the limit of the profile for the client", async () => {
    const byRole: Limit = ({ principal }) =>
      principal.kind === "user" && principal.role === "user" ? 300 : 9_000;
    expect(await limits(byRole)).toEqual({ shown: 300, taken: true, takenAbove: false });
  });

  it("is left to the server to say when the profile cannot tell", async () => {
    const failing: Limit = () => Promise.reject(new Error("the directory is away"));
    expect(await limits(failing)).toEqual({ shown: null, taken: false, takenAbove: false });
  });
});
