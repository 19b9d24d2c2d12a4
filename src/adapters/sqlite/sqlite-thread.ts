import {
  type MessagePort,
  parentPort,
  receiveMessageOnPort,
  workerData,
} from "node:worker_threads";
import { loadSqlite } from "./binding.ts";
import type { SqliteRequest, SqliteThreadSettings } from "./messages.ts";
import { OpenConnection } from "./open-connection.ts";
import { WorkQueue } from "./work-queue.ts";

// The entry of a SQLite thread: one connection and the queue of its requests.

function serve(port: MessagePort, settings: SqliteThreadSettings, connection: OpenConnection) {
  const queue = new WorkQueue({
    role: settings.role,
    connection,
    receive() {
      for (
        let received = receiveMessageOnPort(port);
        received !== undefined;
        received = receiveMessageOnPort(port)
      ) {
        queue.add(received.message as SqliteRequest);
      }
    },
    respond: (responses) => port.postMessage(responses),
    end: () => port.close(),
  });
  port.on("message", (request: SqliteRequest) => {
    queue.add(request);
    queue.run();
  });
}

if (parentPort !== null) {
  const settings = workerData as SqliteThreadSettings;
  serve(parentPort, settings, new OpenConnection(await loadSqlite(), settings));
}
