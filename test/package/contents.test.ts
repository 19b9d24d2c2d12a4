import { readFile } from "node:fs/promises";
import path from "node:path";
import { checkPackage, createPackageFromTarballData } from "@arethetypeswrong/core";
import { type Message, publint } from "publint";
import { formatMessage } from "publint/utils";
import { beforeAll, describe, expect, it } from "vitest";
import { type PackedProject, packProject } from "../support/packed-project.ts";
import { type Unpacked, unpack } from "../support/unpack.ts";

// The content of the tarball that `npm pack` creates.

let packed: PackedProject;
let unpacked: Unpacked;

beforeAll(async () => {
  packed = await packProject();
  unpacked = await unpack(packed.tarball);
  return async () => {
    await unpacked[Symbol.asyncDispose]();
    await packed[Symbol.asyncDispose]();
  };
});

const read = (name: string) => readFile(path.join(unpacked.path, name), "utf8");

async function manifest(): Promise<Record<string, unknown>> {
  return JSON.parse(await read("package.json"));
}

describe("the packed files", () => {
  it("are only those of the client", () => {
    const names = packed.files.map((file) => file.replace(/-[\w-]{8}(\.d\.ts|\.js)$/, "-HASH$1"));
    expect([...new Set(names)]).toMatchInlineSnapshot(`
      [
        "LICENSE",
        "README.md",
        "dist/package/THIRD-PARTY-LICENSES.txt",
        "dist/package/bin.js",
        "dist/package/browser.d.ts",
        "dist/package/browser.js",
        "dist/package/client.d.ts",
        "dist/package/hash-worker.js",
        "dist/package/index.d.ts",
        "dist/package/index.js",
        "dist/package/node.d.ts",
        "dist/package/node.js",
        "dist/package/react.d.ts",
        "dist/package/react.js",
        "dist/package/shared-HASH.js",
        "dist/package/types-HASH.d.ts",
        "package.json",
      ]
    `);
  });

  it("export the same names for every runtime", async () => {
    const [browser, node, either] = await Promise.all(
      ["browser", "node", "client"].map(async (name) =>
        exportedNames(await read(`dist/package/${name}.d.ts`)),
      ),
    );
    expect(browser).toContain("createUploadClient");
    expect(node).toEqual(browser);
    expect(either).toEqual(browser);
  });

  it("do not reference the server in their types", async () => {
    for (const file of packed.files.filter((name) => name.endsWith(".d.ts"))) {
      const text = (await read(file)).replaceAll(/\/\*[\s\S]*?\*\//g, "");
      expect.soft(text, file).not.toMatch(/prisma|sqlite|next-auth|NextRequest|\bzod\b|ZodType/i);
      expect
        .soft(text, file)
        .not.toMatch(
          /UploadCore|UploadService|TokenService|UserService|CoreDependencies|ChunkStore|Principal|Outbox|passwordHash|CompletionContext|typeof profiles/,
        );
      const imported = [...text.matchAll(/(?:from|import\()\s*["']([^"']+)["']/g)].map(
        ([, id = ""]) => id,
      );
      const foreign = imported.filter((id) => !id.startsWith("./"));
      const allowed = file.endsWith("/react.d.ts") ? /^react(\/|$)/ : /^$/;
      expect
        .soft(
          foreign.filter((id) => !allowed.test(id)),
          file,
        )
        .toEqual([]);
    }
  });

  it("do not reference the server in their code", async () => {
    for (const file of packed.files.filter((name) => name.endsWith(".js"))) {
      const imported = [...(await read(file)).matchAll(/^(?:import|export|\}) ?.*?"([^"]+)";$/gm)];
      const ids = imported.map(([, id = ""]) => id);
      const allowed = /^(\.\/|node:|(cli-progress|commander|hash-wasm|react|superjson)(\/|$))/;
      expect
        .soft(
          ids.filter((id) => !allowed.test(id)),
          file,
        )
        .toEqual([]);
    }
  });
});

describe("the packed manifest", () => {
  it("has the client's entry points", async () => {
    const { exports, bin, sideEffects, type } = await manifest();
    expect({ exports, bin, sideEffects, type }).toMatchInlineSnapshot(`
      {
        "bin": {
          "chunked-upload": "dist/package/bin.js",
        },
        "exports": {
          ".": {
            "default": "./dist/package/index.js",
            "types": "./dist/package/index.d.ts",
          },
          "./client": {
            "browser": {
              "default": "./dist/package/browser.js",
              "types": "./dist/package/browser.d.ts",
            },
            "default": {
              "default": "./dist/package/node.js",
              "types": "./dist/package/client.d.ts",
            },
            "node": {
              "default": "./dist/package/node.js",
              "types": "./dist/package/node.d.ts",
            },
          },
          "./package.json": "./package.json",
          "./react": {
            "default": "./dist/package/react.js",
            "types": "./dist/package/react.d.ts",
          },
        },
        "sideEffects": false,
        "type": "module",
      }
    `);
  });

  it("has only the client's dependencies", async () => {
    const found = await manifest();
    const dependencies = Object.keys(found.dependencies as object);
    expect(dependencies).toEqual(["cli-progress", "commander", "hash-wasm", "superjson"]);
    expect(found.peerDependencies).toEqual({ react: ">=18" });
    expect(found.peerDependenciesMeta).toEqual({ react: { optional: true } });
    expect(found).not.toHaveProperty("devDependencies");
    expect(found).not.toHaveProperty("scripts");
    expect(found).not.toHaveProperty("private");
  });

  it("does not change the project's own manifest", () => {
    expect(packed.manifests.after).toBe(packed.manifests.before);
  });
});

describe("publishing", () => {
  it("passes publint", async () => {
    const { messages } = await publint({ pkgDir: unpacked.path, pack: false, strict: true });
    const { default: found } = { default: await manifest() };
    expect(messages.map((message: Message) => formatMessage(message, found))).toEqual([]);
  });

  it("passes arethetypeswrong for ESM-only packages", async () => {
    const checked = await checkPackage(
      createPackageFromTarballData(new Uint8Array(await readFile(packed.tarball))),
    );
    if (!checked.types) throw new Error("The package has no types.");
    // The resolution of old Node versions and `require` from CommonJS are not supported.
    const problems = checked.problems.filter(
      (problem) =>
        !("resolutionKind" in problem) ||
        !["node10", "node16-cjs"].includes(problem.resolutionKind),
    );
    expect(problems).toEqual([]);
  });
});

/** The exported names of a bundled declaration file. */
function exportedNames(text: string): string[] {
  const lists = [...text.matchAll(/^export (?:type )?\{([^}]*)\}/gm)];
  const names = lists.flatMap(([, list = ""]) => list.split(",").map((part) => part.trim()));
  return names.map((name) => name.replace(/^.* as /, "").replace(/^type /, "")).sort();
}
