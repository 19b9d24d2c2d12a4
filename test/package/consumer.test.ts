import { createHash } from "node:crypto";
import { truncate, writeFile } from "node:fs/promises";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { beforeAll, describe, expect, it } from "vitest";
import { bootApp } from "../support/boot-app.ts";
import { type PackageConsumer, packageConsumer } from "../support/package-consumer.ts";
import { type PackedProject, packProject } from "../support/packed-project.ts";

// An application that installed the tarball: installed files, type checking and uploads.

let packed: PackedProject;
let consumer: PackageConsumer;

beforeAll(async () => {
  packed = await packProject();
  consumer = await packageConsumer(packed.tarball);
  return async () => {
    await consumer[Symbol.asyncDispose]();
    await packed[Symbol.asyncDispose]();
  };
});

const KB = 1_000;
const MB = 1_000_000;

describe("installed", () => {
  it("installs without Next, Prisma, React and warnings", async () => {
    const packages = await consumer.packages();
    expect(packages).toContain("trpc-chunked-upload");
    expect(packages.filter((name) => /next|prisma|react|typescript|trpc\//.test(name))).toEqual([]);
    expect(packages.length).toBeLessThan(16);
    expect(consumer.installation.stderr).not.toMatch(/deprecated|ERESOLVE|peer/i);
  });

  it("is at most 15 MB", async () => {
    expect(await consumer.size()).toBeLessThanOrEqual(15 * MB);
  });

  it("adds at most 27.5 kB to a page's initial load, without the hash functions", async () => {
    const bytes = await browserBytes(`
      import { createUploadClient } from "trpc-chunked-upload/client";
      globalThis.client = createUploadClient({ url: "https://example.com" });
    `);
    expect(bytes).toBeLessThanOrEqual(27.5 * KB);
  });
});

/** Bytes of a page's initial load, minified and gzipped, without dynamic imports. */
async function browserBytes(contents: string): Promise<number> {
  const { outputFiles, metafile } = await build({
    stdin: { contents, resolveDir: consumer.path },
    absWorkingDir: consumer.path,
    outdir: "out",
    bundle: true,
    splitting: true,
    minify: true,
    metafile: true,
    format: "esm",
    platform: "browser",
    write: false,
  });
  const loaded = new Set<string>();
  const load = (file: string) => {
    if (loaded.has(file)) return;
    loaded.add(file);
    for (const { path: next, kind } of metafile.outputs[file]?.imports ?? [])
      if (kind === "import-statement") load(next);
  };
  load("out/stdin.js");
  return outputFiles
    .filter((file) => loaded.has(path.relative(consumer.path, file.path)))
    .reduce((sum, file) => sum + gzipSync(file.contents).length, 0);
}

const uploads = `
import type { AppRouter, UploadErrorCode, UploadView } from "trpc-chunked-upload";
import { UploadFailure } from "trpc-chunked-upload";
import { createUploadClient } from "trpc-chunked-upload/client";

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const same = <A, B>(_: Same<A, B>): void => undefined;

export async function use(file: Blob, url: string): Promise<string> {
  const client = createUploadClient<AppRouter>({ url, token: async () => "secret" });
  const upload = client.upload(file, { profile: "image", metadata: { album: "7" } });
  upload.pause();
  upload.resume();
  const { data, checksum, fileUrl, profile } = await upload.done;
  same<typeof data, { album: string | null; bytes: number }>(true);
  same<typeof checksum, string>(true);
  same<typeof profile, "image">(true);
  const free = await client.upload(file, { metadata: { anything: "goes" } }).done;
  same<typeof free.data, null>(true);
  const { items } = await client.trpc.uploads.list.query();
  const view: UploadView | undefined = items[0];
  same<(typeof items)[number]["profile"], "default" | "image">(true);

  // @ts-expect-error an unknown profile
  client.upload(file, { profile: "imgae" });
  // @ts-expect-error metadata of the wrong type
  client.upload(file, { profile: "image", metadata: { album: 7 } });
  // @ts-expect-error an unknown metadata key
  client.upload(file, { profile: "image", metadata: { albums: "7" } });
  // @ts-expect-error values of untyped metadata are strings
  client.upload(file, { metadata: { pages: 3 } });
  // @ts-expect-error an unknown procedure
  await client.trpc.uploads.lists.query();
  // @ts-expect-error not in the result of this profile
  data.thumbnail;

  try {
    await upload.done;
  } catch (error) {
    if (!(error instanceof UploadFailure)) throw error;
    const code: UploadErrorCode | "NETWORK" = error.code === "NETWORK" ? error.code : "BUSY";
    // @ts-expect-error an unknown code
    if (error.code === "NO_SUCH_CODE") return code;
  }
  return [view?.filename, data.album, checksum, fileUrl].join();
}
`;

const fromNode = `
import { createUploadClient } from "trpc-chunked-upload/client";
const client = createUploadClient({ url: "http://localhost:3000" });
export const done = [client.upload("a/path").done, client.upload(new Uint8Array(3), { filename: "a" }).done];
`;

const withReact = `
import { createUploadClient } from "trpc-chunked-upload/client";
import { useUploads } from "trpc-chunked-upload/react";
import { createTRPCClient, httpLink } from "@trpc/client";
import type { AppRouter } from "trpc-chunked-upload";
import superjson from "superjson";
import { useState } from "react";

const client = createUploadClient();
export function Uploads() {
  const [queue] = useState(() => client.createQueue());
  const { items } = useUploads(queue);
  return <ul>{items.length}</ul>;
}

// Applications can also use the router with their own tRPC client.
const own = createTRPCClient<AppRouter>({ links: [httpLink({ url: "/api/trpc", transformer: superjson })] });
export const status = (id: string) => own.uploads.status.query({ id });
export const name = async (id: string): Promise<"image" | "default"> => (await status(id)).profile;
// @ts-expect-error the input has the wrong type
export const wrong = () => own.uploads.status.query({ id: 7 });
`;

const nodenext = {
  module: "nodenext",
  moduleResolution: "nodenext",
  lib: ["es2023"],
  types: ["node"],
};
const bundler = { module: "preserve", moduleResolution: "bundler", lib: ["es2023", "dom"] };

describe("compiled in strict mode", () => {
  it("types data and rejects wrong profiles and metadata (nodenext)", async () => {
    await consumer.write("uploads.ts", uploads);
    await consumer.write("from-node.ts", fromNode);
    expect(await consumer.compile(["uploads.ts", "from-node.ts"], nodenext)).toBe("");
  });

  it("types data and rejects wrong profiles and metadata (bundler)", async () => {
    await consumer.write("uploads.ts", uploads);
    await consumer.write("from-node.ts", fromNode);
    expect(await consumer.compile(["uploads.ts", "from-node.ts"], bundler)).toBe("");
  });

  it("reports missing metadata, but not a missing uploadId", async () => {
    const code = `
import type { AppRouterOf, UploadMetadata } from "trpc-chunked-upload";
import { createUploadClient } from "trpc-chunked-upload/client";
type Shapes = {
  default: { metadata: UploadMetadata | undefined; data: null };
  scan: { metadata: { pages: number }; data: string };
};
const client = createUploadClient<AppRouterOf<Shapes>>({ url: "https://files.example.com" });
client.upload(new Blob(), { profile: "scan" });
client.createQueue().add([{ file: new Blob(), options: { profile: "scan" } }]);
`;
    await consumer.write("missing.ts", code);
    const errors = await consumer.compile(["missing.ts"], bundler);
    expect(errors.match(/error TS\d+/g)).toHaveLength(2);
    expect(errors).toMatch(/'metadata' is missing/);
    expect(errors).not.toContain("uploadId");
  });

  it("works in React applications and with their own tRPC client", async () => {
    await using app = await packageConsumer(packed.tarball);
    await app.borrow("react", "@types/react", "csstype", "@trpc/client", "@trpc/server");
    await app.write("with-react.tsx", withReact);
    const options = { ...bundler, jsx: "react-jsx", skipLibCheck: true };
    expect(await app.compile(["with-react.tsx"], options)).toBe("");
  });
});

describe("run by Node", () => {
  it("uploads an image and returns the result of its completion", async () => {
    await using app = await bootApp();
    await consumer.write("picture.mjs", picture);
    const { stdout, stderr } = await consumer.run("picture.mjs", app.url, await app.token());
    expect(stderr).toBe("");
    expect(JSON.parse(stdout)).toEqual({
      data: { album: "holidays", bytes: 3_000_008 },
      refused: "REJECTED",
    });
  });

  it("uploads a file of 300 MB", async () => {
    await using app = await bootApp();
    const file = path.join(consumer.path, "large.bin");
    const size = 300 * MB;
    await writeFile(file, "beginning");
    await truncate(file, size);
    await consumer.write("large.mjs", large);
    const { stdout, stderr } = await consumer.run("large.mjs", app.url, await app.token(), file);
    expect(stderr).toBe("");
    expect(JSON.parse(stdout)).toEqual({ size, checksum: digestOf("beginning", size) });
  });

  it("has a command line", async () => {
    const bin = "node_modules/.bin/chunked-upload";
    const { code, stdout } = await consumer.run(bin, "--help");
    expect(code).toBe(0);
    expect(stdout).toMatch(/upload[\s\S]*download/);
  });
});

const picture = `
import { createUploadClient } from "trpc-chunked-upload/client";
const [url, token] = process.argv.slice(2);
const client = createUploadClient({ url, token, resume: false });
const png = new Uint8Array(3_000_008);
png.set([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52]);
const options = { profile: "image", filename: "a.png" };
const { data } = await client.upload(png, { ...options, metadata: { album: "holidays" } }).done;
const refused = await client
  .upload(new TextEncoder().encode("not an image"), options)
  .done.catch((error) => error.code);
console.log(JSON.stringify({ data, refused }));
`;

const large = `
import { createUploadClient } from "trpc-chunked-upload/client";
const [url, token, file] = process.argv.slice(2);
const client = createUploadClient({ url, token, resume: false });
const { size, checksum } = await client.upload(file).done;
console.log(JSON.stringify({ size, checksum }));
`;

/** The MD5 (the default digest) of a text followed by zeros up to `size` bytes. */
function digestOf(text: string, size: number): string {
  const hash = createHash("md5").update(text);
  const zeros = Buffer.alloc(MB);
  for (let left = size - text.length; left > 0; left -= MB) {
    hash.update(zeros.subarray(0, Math.min(left, MB)));
  }
  return hash.digest("hex");
}
