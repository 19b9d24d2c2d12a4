import { spawn } from "node:child_process";
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { type Mutation, mutations } from "./mutations.ts";

const { values } = parseArgs({
  options: {
    minutes: { type: "string", default: "1" },
    seed: { type: "string", default: "1" },
    only: { type: "string", default: "" },
  },
});

/** Copies the sources, so that the break stays out of the working tree. */
async function copyOf(): Promise<AsyncDisposable & { path: string }> {
  const path = await mkdtemp(join(tmpdir(), "mutation-"));
  for (const name of ["src", "test", "package.json", "tsconfig.json"])
    await cp(name, join(path, name), { recursive: true });
  await symlink(join(process.cwd(), "node_modules"), join(path, "node_modules"));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true }) };
}

/** The first violation that the simulation finds; null for none. */
async function findIn(path: string, { instances }: Mutation): Promise<string | null> {
  const options = ["--first", "--seed", values.seed, "--minutes", values.minutes];
  if (instances !== undefined) options.push("--instances", String(instances));
  const child = spawn(
    process.execPath,
    ["node_modules/tsx/dist/cli.mjs", "test/simulation/main.ts", ...options],
    { cwd: path, stdio: ["ignore", "pipe", "inherit"] },
  );
  let output = "";
  for await (const bytes of child.stdout) output += String(bytes);
  return /^seed .*$/m.exec(output)?.[0] ?? null;
}

let missed = 0;
for (const mutation of mutations.filter(({ name }) => name.includes(values.only))) {
  await using copy = await copyOf();
  const file = join(copy.path, mutation.file);
  const source = await readFile(file, "utf8");
  const begunAt = Date.now();
  if (!source.includes(mutation.find)) throw new Error(`not in the sources: ${mutation.name}`);
  await writeFile(file, source.replace(mutation.find, mutation.replace));
  const found = await findIn(copy.path, mutation);
  if (found === null) missed += 1;
  const seconds = Math.round((Date.now() - begunAt) / 1_000);
  process.stdout.write(`${mutation.name}\n  ${seconds} s: ${found ?? "NOT FOUND"}\n`);
}
process.exitCode = missed === 0 ? 0 : 1;
