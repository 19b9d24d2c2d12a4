import { readFile } from "node:fs/promises";
import path from "node:path";

const guide = path.resolve(import.meta.dirname, "../../docs/client.md");

export interface GuideExample {
  /** A name that tells where it stands, such as `line-41.ts`. */
  readonly name: string;
  readonly code: string;
}

/** The TypeScript examples of the client's guide. */
export async function guideExamples(): Promise<GuideExample[]> {
  const text = await readGuide();
  return [...text.matchAll(/^```(tsx?)\n(.*?)^```$/gms)].map((found) => {
    const line = text.slice(0, found.index).split("\n").length + 1;
    return { name: `line-${line}.${found[1]}`, code: found[2] ?? "" };
  });
}

export function readGuide(): Promise<string> {
  return readFile(guide, "utf8");
}
