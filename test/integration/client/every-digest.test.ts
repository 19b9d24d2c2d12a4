import { randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import { openWasmHasher } from "../../../src/client/hashers.ts";
import { createUploadClient } from "../../../src/client/node/index.ts";
import { acceptedNames, digestNames } from "../../../src/digests/names.ts";
import { bootApp } from "../../support/boot-app.ts";

describe("every digest algorithm that the server offers", () => {
  it("verifies an upload of the client, by Node's functions and by those of a browser", async () => {
    await using app = await bootApp();
    const client = createUploadClient({ url: app.url, token: await app.token(), resume: false });
    const bytes = randomBytes(100_000);
    const failed: string[] = [];
    for (const checksumAlgorithm of acceptedNames) {
      const upload = client.upload(bytes, { filename: checksumAlgorithm, checksumAlgorithm });
      const inBrowser = await openWasmHasher(checksumAlgorithm);
      inBrowser.update(bytes.subarray(0, 999));
      inBrowser.digest();
      inBrowser.update(bytes.subarray(999));
      const checksum = await upload.done.then(
        (view) => view.checksum,
        ({ code }) => code,
      );
      if (checksum !== inBrowser.digest()) failed.push(`${checksumAlgorithm}: ${checksum}`);
    }
    expect(failed).toEqual([]);
    expect(new Set(acceptedNames).size).toBe(acceptedNames.length);
    expect(acceptedNames).toEqual(expect.arrayContaining([...digestNames]));
  });
});
