import { once } from "node:events";
import { createServer } from "node:net";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { connectToOwner } from "../../../src/adapters/filesystem/directory-lock.ts";
import { createDeferred } from "../../../src/client/deferred.ts";
import { askServer } from "../../../src/server/ask-server.ts";
import { serveOperator } from "../../../src/server/operator-socket.ts";
import { beginUpload } from "../../support/begin-upload.ts";
import { bootApp } from "../../support/boot-app.ts";
import { expire } from "../../support/edit-records.ts";
import { randomFile } from "../../support/random-file.ts";
import { silentLog } from "../../support/temp-database.ts";
import { tempDirectory } from "../../support/temp-directory.ts";

const sweep = { name: "sweep", keepRecord: false, dryRun: false, interactive: true } as const;

describe("stopping a sweep", () => {
  it("stops it in the server between two uploads and reports what was removed", async () => {
    await using app = await bootApp();
    const headers = { authorization: `Bearer ${await app.token()}` };
    for (let n = 0; n < 4; n += 1) {
      const { id } = await beginUpload({ url: app.url, headers, file: randomFile(10) });
      await expire(app, id);
    }
    const stopping = new AbortController();
    let questions = 0;
    const facts = await askServer(app.dataDir, sweep, {
      signal: stopping.signal,
      report: () => undefined,
      async confirm() {
        questions += 1;
        if (questions === 2) stopping.abort();
        return true;
      },
    });
    expect(facts).toMatchObject({ stopped: true });
    const { total } = await app.application.core.administration.list({
      ...{ sort: "createdAt", order: "desc", limit: 10 },
    });
    expect({ questions, removed: facts?.records, total }).toEqual({
      questions: 2,
      removed: 1,
      total: 3,
    });
  });

  it("also works by closing the connection", async () => {
    await using directory = await tempDirectory();
    const server = createServer();
    server.listen(path.join(directory.path, "server.sock"));
    await once(server, "listening");
    const started = createDeferred<void>();
    const stopped = createDeferred<void>();
    const operator = serveOperator({
      server,
      log: silentLog,
      async run(_command, { signal }) {
        signal.addEventListener("abort", () => stopped.resolve());
        started.resolve();
        await stopped.promise;
        return {};
      },
    });
    const socket = await connectToOwner(directory.path);
    socket?.write(`${JSON.stringify(sweep)}\n`);
    await started.promise;
    socket?.destroy();
    await stopped.promise;
    await operator.close();
    server.close();
  });
});
