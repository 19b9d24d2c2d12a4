import { randomBytes } from "node:crypto";
import { link, open, readFile, rm } from "node:fs/promises";
import path from "node:path";

/**
 * The secret that sessions and tickets are signed with, from `DATA_DIR/secret`; made there once,
 * readable by the owner only. Throws when the file is there but holds too little.
 */
export async function readOrCreateSecret(dataDir: string): Promise<string> {
  const file = path.join(dataDir, "secret");
  const known = await readSecret(file);
  if (known !== null) return known;
  const draft = `${file}.${randomBytes(6).toString("hex")}`;
  const handle = await open(draft, "wx", 0o600);
  try {
    await handle.writeFile(`${randomBytes(32).toString("base64url")}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await link(draft, file).catch(ignoreExisting);
  await rm(draft, { force: true });
  return (await readSecret(file)) ?? readOrCreateSecret(dataDir);
}

async function readSecret(file: string): Promise<string | null> {
  try {
    const secret = (await readFile(file, "utf8")).trim();
    if (secret.length >= 16) return secret;
    throw new Error(`The secret in ${file} is too short; remove the file to have a new one made.`);
  } catch (error) {
    if (isCode(error, "ENOENT")) return null;
    throw error;
  }
}

/** Another process was faster: its secret counts. */
function ignoreExisting(error: unknown): void {
  if (!isCode(error, "EEXIST")) throw error;
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}
