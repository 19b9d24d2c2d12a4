import { createInterface, type Interface } from "node:readline/promises";
import { Writable } from "node:stream";
import type { Facts } from "../server/operator-commands.ts";

/** Asks whether to remove an upload. Only "y" and "yes" confirm; the end of the input does not. */
export async function confirmByKey({ id, filename, bytes, expiresAt }: Facts): Promise<boolean> {
  const answer = await prompt(
    `Remove ${filename} (${id}, ${bytes} bytes, expired ${expiresAt})? [y/N] `,
  );
  return /^y(es)?$/i.test(answer.trim());
}

/**
 * Reads a password without echo from the terminal, or the first line of standard input. Null if it is
 * empty: the server then generates one.
 */
export async function readPassword(): Promise<string | null> {
  if (!process.stdin.isTTY) return (await firstLine()) || null;
  process.stderr.write("Password (empty: generate one): ");
  const noEcho = new Writable({ write: (_bytes, _encoding, done) => done() });
  const lines = createInterface({ input: process.stdin, output: noEcho, terminal: true });
  const password = await lines.question("");
  lines.close();
  process.stderr.write("\n");
  return password === "" ? null : password;
}

let reader: { readonly lines: Interface; readonly input: AsyncIterator<string> } | null = null;

/** Prints `question` and reads a line. The reader is kept, so that piped lines are not lost between questions. */
async function prompt(question: string): Promise<string> {
  process.stderr.write(question);
  reader ??= listen();
  const { value, done } = await reader.input.next();
  return done ? "" : value;
}

function listen(): NonNullable<typeof reader> {
  const lines = createInterface({ input: process.stdin });
  return { lines, input: lines[Symbol.asyncIterator]() };
}

/** Closes the reader, which would otherwise keep the process alive. */
export function closePrompt(): void {
  reader?.lines.close();
  reader = null;
}

async function firstLine(): Promise<string> {
  const lines = createInterface({ input: process.stdin });
  for await (const line of lines) return line;
  return "";
}
