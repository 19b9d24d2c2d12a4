import { lockDirectory } from "../../../src/adapters/filesystem/directory-lock.ts";

// A separate process that tries to lock a directory on request, and keeps the lock.
const directory = process.argv[2] ?? "";

process.on("message", () => {
  lockDirectory(directory).then(
    (lock) => {
      lock?.server.on("connection", (socket) => socket.end(String(process.pid)));
      process.send?.(lock !== null);
    },
    (error: unknown) => process.send?.(String(error)),
  );
});
process.on("disconnect", () => process.exit());
process.send?.("ready");
