import { readFile } from "node:fs/promises";
import path from "node:path";

const page = path.resolve(import.meta.dirname, "../../docs/protocol.md");

function readProtocolPage(): Promise<string> {
  return readFile(page, "utf8");
}

/** The shell examples of the page, in their order: one script. */
export async function protocolScript(): Promise<string> {
  const text = await readProtocolPage();
  return [...text.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, code = ""]) => code).join("\n");
}

/** The cells of each table row whose first cell matches `first`. */
export async function protocolRows(first: RegExp): Promise<string[][]> {
  const text = await readProtocolPage();
  const rows = text.split("\n").filter((line) => line.startsWith("| "));
  return rows.map((row) => row.slice(2, -2).split(" | ")).filter(([cell = ""]) => first.test(cell));
}
