import { createInterface, type Interface } from "node:readline/promises";
import { Writable } from "node:stream";
import type { Facts } from "../server/operator-commands.ts";

/** Asks about one upload; only "y" or "yes" is a yes, the end of the input is a no. */
export async function confirmByKey({ id, filename, bytes, expiresAt }: Facts): Promise<boolean> {
  const answer = await ask(
    `Remove ${filename} (${id}, ${bytes} bytes, expired ${expiresAt})? [y/N] `,
  );
  return /^y(es)?$/i.test(answer.trim());
}

/**
 * A password from the terminal, unseen, or the first line of the standard input. Null when that is
 * empty: then one is made.
 */
export async function readPassword(): Promise<string | null> {
  if (!process.stdin.isTTY) return (await firstLine()) || null;
  process.stderr.write("Password (empty: one is made): ");
  const unseen = new Writable({ write: (_bytes, _encoding, done) => done() });
  const lines = createInterface({ input: process.stdin, output: unseen, terminal: true });
  const password = await lines.question("");
  lines.close();
  process.stderr.write("\n");
  return password === "" ? null : password;
}

let asking: { readonly lines: Interface; readonly answers: AsyncIterator<string> } | null = null;

/** The next line of the standard input, after `question`; lines of a pipe are not lost between questions. */
async function ask(question: string): Promise<string> {
  process.stderr.write(question);
  asking ??= listen();
  const { value, done } = await asking.answers.next();
  return done ? "" : value;
}

function listen(): NonNullable<typeof asking> {
  const lines = createInterface({ input: process.stdin });
  return { lines, answers: lines[Symbol.asyncIterator]() };
}

/** No more questions: a terminal that is still listened to would keep the process from ending. */
export function stopAsking(): void {
  asking?.lines.close();
  asking = null;
}

async function firstLine(): Promise<string> {
  const lines = createInterface({ input: process.stdin });
  for await (const line of lines) return line;
  return "";
}
