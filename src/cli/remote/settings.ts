import { homedir } from "node:os";
import path from "node:path";

/**
 * The directory of the binary's state (XDG Base Directory Specification). Apart from the variables of
 * commander options, the binary reads no other environment variables.
 */
export function stateDirectory(): string {
  const state = process.env.XDG_STATE_HOME || path.join(homedir(), ".local", "state");
  return path.join(state, "trpc-chunked-upload", "commands");
}
