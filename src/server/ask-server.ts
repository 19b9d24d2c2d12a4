import type { Socket } from "node:net";
import { createInterface } from "node:readline";
import { connectToOwner } from "../adapters/filesystem/directory-lock.ts";
import type { Facts, Operator, OperatorCommand } from "./operator-commands.ts";
import { type ServerLine, STOP } from "./operator-socket.ts";

/** A command that the running server refused or could not finish. */
export class OperatorError extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.name = "OperatorError";
    this.code = code;
  }
}

/**
 * Has the server that owns `dataDir` run a command; null when no server runs there.
 * Throws an `OperatorError` with the server's message.
 */
export async function askServer(
  dataDir: string,
  command: OperatorCommand,
  operator: Operator,
): Promise<Facts | null> {
  const socket = await connectToOwner(dataDir);
  if (socket === null) return null;
  const stop = () => socket.write(`${STOP}\n`);
  try {
    socket.write(`${JSON.stringify(command)}\n`);
    operator.signal.addEventListener("abort", stop, { once: true });
    return await follow(socket, operator);
  } finally {
    operator.signal.removeEventListener("abort", stop);
    socket.destroy();
  }
}

async function follow(socket: Socket, operator: Operator): Promise<Facts> {
  for await (const text of createInterface({ input: socket })) {
    const line: ServerLine = JSON.parse(text);
    if (line.kind === "result") return line.facts;
    if (line.kind === "error") throw new OperatorError(line.code, line.message);
    if (line.kind === "report") operator.report(line.facts);
    else socket.write(`${await operator.confirm(line.facts)}\n`);
  }
  throw new OperatorError("FAILED", "The server closed the connection before it responded.");
}
