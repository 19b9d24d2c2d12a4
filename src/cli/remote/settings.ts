import { homedir } from "node:os";
import path from "node:path";

/**
 * Where the binary keeps its own state, by the XDG base directories. The commander options read
 * their variables themselves; this is all that is read of the environment beside them.
 */
export function stateDirectory(): string {
  const state = process.env.XDG_STATE_HOME || path.join(homedir(), ".local", "state");
  return path.join(state, "trpc-chunked-upload", "commands");
}
