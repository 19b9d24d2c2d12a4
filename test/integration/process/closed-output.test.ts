import { writeFile } from "node:fs/promises";
import path from "node:path";
import { expect, it } from "vitest";
import { spawnServer } from "../../support/spawn-server.ts";
import { tempDirectory } from "../../support/temp-directory.ts";

it("serves and stops although the reader of its output has gone away", async () => {
  await using directory = await tempDirectory();
  // A library that writes to the standard error output, as Next does for errors.
  const library = path.join(directory.path, "library.cjs");
  await writeFile(library, `setInterval(() => console.error("a message"), 20).unref();`);
  await using server = await spawnServer({
    env: { LOG_LEVEL: "info" },
    nodeArgs: ["--require", library],
  });
  server.closeOutput();
  for (let n = 0; n < 20; n += 1)
    expect((await fetch(`${server.url}/api/health`)).status).toBe(200);
  expect(await server.kill("SIGTERM")).toBe(0);
});
