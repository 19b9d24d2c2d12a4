import path from "node:path";
import { describe, expect, it } from "vitest";
import { bootApp } from "../support/boot-app.ts";
import { copyExample } from "../support/example-copy.ts";
import { writeRandomFile } from "../support/file-on-disk.ts";
import { packProject } from "../support/packed-project.ts";
import { randomFile } from "../support/random-file.ts";

describe("the example of a plain Node script", () => {
  it("compiles, and sends a file", { timeout: 240_000 }, async () => {
    await using packed = await packProject();
    await using example = await copyExample("node-script", packed.tarball);
    await example.run("node_modules/typescript/bin/tsc");

    await using app = await bootApp({ env: { CHUNK_SIZE: "1 MiB" } });
    const token = await app.token();
    const file = randomFile(5_000_000, 21);
    await writeRandomFile(file, path.join(example.path, file.name));
    const env = {
      UPLOAD_URL: app.url,
      UPLOAD_TOKEN: token,
      XDG_STATE_HOME: path.join(example.path, "state"),
    };
    const output = await example.run("upload.js", [file.name], env);

    const { items } = await app.client(token).uploads.list.query({});
    expect(items).toMatchObject([
      {
        filename: file.name,
        status: "complete",
        checksum: file.digest(),
        metadata: { sentBy: "node-script" },
      },
    ]);
    expect(output).toContain(JSON.stringify(items[0]?.fileUrl));
  });
});
