import type { Server, Socket } from "node:net";
import { createInterface } from "node:readline";
import { isUploadError } from "../core/errors.ts";
import type { Logger } from "../core/ports/system.ts";
import {
  type Facts,
  type Operator,
  type OperatorCommand,
  operatorCommand,
} from "./operator-commands.ts";

/** A message from the server: a report, a question, the result, or an error. */
export type ServerLine =
  | { readonly kind: "report" | "question" | "result"; readonly facts: Facts }
  | { readonly kind: "error"; readonly code: string; readonly message: string };

export interface OperatorSocketOptions {
  /** Listens already; open to this process's own user only. */
  readonly server: Server;
  readonly run: (command: OperatorCommand, operator: Operator) => Promise<Facts>;
  readonly log: Logger;
}

/**
 * Serves the command line on the socket in the data directory: a line of JSON asks, lines of JSON
 * answer, one command a connection.
 */
export function serveOperator(options: OperatorSocketOptions): { close(): Promise<void> } {
  const open = new Set<Socket>();
  const welcome = (socket: Socket) => {
    open.add(socket);
    socket.once("close", () => open.delete(socket));
    socket.on("error", () => socket.destroy());
    converse(socket, options).catch(() => socket.destroy());
  };
  options.server.on("connection", welcome);
  return {
    async close() {
      options.server.off("connection", welcome);
      for (const socket of open) socket.destroy();
    },
  };
}

/** The line that a client sends to end its command early. */
export const STOP = "stop";

async function converse(socket: Socket, { run, log }: OperatorSocketOptions): Promise<void> {
  const lines = createInterface({ input: socket, crlfDelay: Number.POSITIVE_INFINITY })[
    Symbol.asyncIterator
  ]();
  const say = (line: ServerLine) => {
    if (socket.writable) socket.write(`${JSON.stringify(line)}\n`);
  };
  try {
    const asked = await lines.next();
    if (asked.done) return;
    const command = operatorCommand.parse(JSON.parse(asked.value));
    log.info({ command: command.name }, "An operator's command");
    say({ kind: "result", facts: await run(command, operatorAt(lines, say)) });
  } catch (error) {
    say(toErrorLine(error));
  } finally {
    socket.end();
  }
}

/** The operator at the other end: "stop" and the end of the lines abort the command. */
function operatorAt(lines: AsyncIterator<string>, say: (line: ServerLine) => void): Operator {
  const stopping = new AbortController();
  let answer: ((yes: boolean) => void) | null = null;
  const listen = async () => {
    for (;;) {
      const { value, done } = await lines.next();
      if (done || value === STOP) break;
      answer?.(value === "true");
    }
  };
  const stop = () => {
    stopping.abort();
    answer?.(false);
  };
  listen().then(stop, stop);
  return {
    signal: stopping.signal,
    report: (facts) => say({ kind: "report", facts }),
    confirm(facts) {
      if (stopping.signal.aborted) return Promise.resolve(false);
      say({ kind: "question", facts });
      return new Promise((resolve) => {
        answer = resolve;
      });
    },
  };
}

/** What went wrong, as a line. */
export function toErrorLine(error: unknown): Extract<ServerLine, { kind: "error" }> {
  const message = error instanceof Error ? error.message : String(error);
  return { kind: "error", code: isUploadError(error) ? error.code : "FAILED", message };
}
