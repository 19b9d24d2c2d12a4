import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { bundleBinary } from "../../support/binary.ts";
import { openDesk, readLines } from "../../support/binary-desk.ts";
import { freePort } from "../../support/free-port.ts";

const md5 = (bytes: Uint8Array) => createHash("md5").update(bytes).digest("hex");

describe("chunked-upload upload", () => {
  it("sends one file and prints its id, checksum and download URL", async () => {
    await using desk = await openDesk();
    const bytes = await desk.file("film one.mp4", 300_000);
    const { code, stdout, stderr } = await desk.run(["upload", "film one.mp4"]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const [id, checksum, url, name] = stdout.trimEnd().split("\t");
    expect([checksum, name]).toEqual([`md5:${md5(bytes)}`, "film one.mp4"]);
    expect(url).toBe(`${desk.app.url}/api/uploads/${id}/file`);
  });

  it("sends several files, and a missing file fails by itself", async () => {
    await using desk = await openDesk();
    await desk.file("a.bin", 10);
    await desk.file("b.bin", 200_000);
    await desk.file("empty", 0);
    const { code, stdout, stderr } = await desk.run(["upload", "a.bin", "none", "b.bin", "empty"]);
    expect(code).toBe(1);
    expect(stdout.trimEnd().split("\n")).toHaveLength(3);
    expect(stderr).toContain("none: no such file or directory\n");
    expect(stderr).toContain("3 files uploaded");
    expect(stderr).toContain("1 failed");
  });

  it("sends all files below a directory, including hidden ones, and follows no symbolic link", async () => {
    await using desk = await openDesk();
    await desk.file("photos/a.jpg", 10);
    await desk.file("photos/deep/er/.hidden", 20);
    await desk.file("outside.txt", 30);
    await symlink(
      path.join(desk.directory, "outside.txt"),
      path.join(desk.directory, "photos/link"),
    );
    await symlink(desk.directory, path.join(desk.directory, "photos/round"));
    const { code, stdout } = await desk.run(["upload", "photos/", "--json"]);
    expect(code).toBe(0);
    const done = readLines(stdout).filter(({ event }) => event === "done");
    expect(done.map(({ file }) => file).sort()).toEqual(["photos/a.jpg", "photos/deep/er/.hidden"]);
    const leftOut = readLines(stdout).filter(({ event }) => event === "left-out");
    expect(leftOut.map(({ file }) => file)).toEqual(["photos/link", "photos/round"]);
    const { items } = await desk.app.client(await desk.app.token()).uploads.list.query();
    expect(items.map((view) => view.path).sort()).toEqual([
      "photos/a.jpg",
      "photos/deep/er/.hidden",
    ]);
  });

  it("names the entries of a directory that it skips, and reports when there is nothing to send", async () => {
    await using desk = await openDesk();
    await mkdir(path.join(desk.directory, "empty"));
    await symlink(desk.directory, path.join(desk.directory, "empty/link"));
    const { code, stdout, stderr } = await desk.run(["upload", "empty"]);
    expect({ code, stdout }).toEqual({ code: 0, stdout: "" });
    expect(stderr).toContain("empty/link: skipped, a symbolic link\n");
    expect(stderr).toContain("No files to upload.\n");
  });

  it("reads standard input to its end and requires a name for it", async () => {
    await using desk = await openDesk();
    const bytes = Buffer.alloc(700_000, "stream");
    async function* pieces() {
      for (let at = 0; at < bytes.length; at += 50_000) yield bytes.subarray(at, at + 50_000);
    }
    const nameless = await desk.run(["upload", "-"], { input: bytes });
    expect(nameless.code).toBe(2);
    expect(nameless.stderr).toContain("--name");
    const words = ["upload", "-", "--name", "dump.sql", "--chunk-size", "64KiB"];
    const { code, stdout, stderr } = await desk.run(words, { input: pieces() });
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const [id, checksum] = stdout.split("\t");
    expect(checksum).toBe(`md5:${md5(bytes)}`);
    const status = await desk.run(["status", id ?? "", "--json"]);
    expect(readLines(status.stdout)[0]).toMatchObject({ filename: "dump.sql", size: 700_000 });
  });

  it("sends profile, metadata, checksum and name", async () => {
    await using desk = await openDesk();
    const bytes = await desk.file("x", 1_000);
    const { code, stdout } = await desk.run([
      ...["upload", "x", "--name", "y.bin", "--profile", "default", "--checksum", "sha256"],
      ...["--metadata", "album=summer=2026", "--metadata", '{"pages": "1-2"}', "--json"],
    ]);
    expect({ code, stdout: code === 0 ? "" : stdout }).toEqual({ code: 0, stdout: "" });
    const done = readLines(stdout).find(({ event }) => event === "done");
    expect(done?.checksum).toBe(createHash("sha256").update(bytes).digest("hex"));
    const { stdout: status } = await desk.run(["status", String(done?.id), "--json"]);
    expect(readLines(status)[0]).toMatchObject({
      filename: "y.bin",
      metadata: { album: "summer=2026", pages: "1-2" },
    });
  });

  it("prints the server's reason for a refusal", async () => {
    await using desk = await openDesk({ env: { CHUNKED_UPLOAD_MAX_BYTES: "1000" } });
    await desk.file("large", 2_000);
    const { code, stdout } = await desk.run(["upload", "large", "--json"]);
    expect(code).toBe(1);
    const lines = readLines(stdout);
    expect(lines[0]).toMatchObject({ event: "failed", file: "large", code: "TOO_LARGE" });
    expect(String(lines[0]?.message)).toMatch(/limit|large|1,?000/i);
  });
});

describe("chunked-upload upload --json", () => {
  it("prints start, done and a summary, one JSON object per line", async () => {
    await using desk = await openDesk();
    const bytes = await desk.file("a.bin", 100_000);
    const { stdout } = await desk.run(["upload", "a.bin", "--json"]);
    const [start, ...rest] = readLines(stdout);
    expect(start).toMatchObject({ event: "start", file: "a.bin", size: 100_000, resumedFrom: 0 });
    expect(rest).toMatchObject([
      { event: "done", file: "a.bin", checksum: md5(bytes), checksumAlgorithm: "md5" },
      { event: "summary", done: 1, failed: 0, paused: 0, bytes: 100_000, resume: null },
    ]);
  });
});

describe("chunked-upload download", () => {
  it("saves the verified file under its name and replaces no file without --force", async () => {
    await using desk = await openDesk();
    const bytes = await desk.file("a.bin", 400_000);
    const id = (await desk.run(["upload", "a.bin"])).stdout.split("\t")[0] ?? "";
    const refused = await desk.run(["download", id]);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toMatch(/a\.bin already exists/);
    await rm(path.join(desk.directory, "a.bin"));
    const { code, stderr } = await desk.run(["download", id]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "Saved a.bin (400 kB, md5 verified).\n" });
    expect(await readFile(path.join(desk.directory, "a.bin"))).toEqual(bytes);
    expect(await readdir(desk.directory)).toEqual([".state", "a.bin"]);
    const piped = await desk.run(["download", id, "-o", "-"]);
    expect(piped.bytes.equals(bytes)).toBe(true);
  });

  it("continues a partial file and deletes a damaged one", async () => {
    await using desk = await openDesk();
    const bytes = await desk.file("a.bin", 400_000);
    const [id = "", checksum = ""] = (await desk.run(["upload", "a.bin"])).stdout.split("\t");
    const part = path.join(desk.directory, `b.bin.${id.slice(0, 8)}${checksum.slice(4, 12)}.part`);
    await writeFile(part, bytes.subarray(0, 150_000));
    const { code } = await desk.run(["download", id, "-o", "b.bin"]);
    expect({ code, asked: desk.downloads }).toEqual({ code: 0, asked: ["bytes=150000-"] });
    expect(await readFile(path.join(desk.directory, "b.bin"))).toEqual(bytes);

    await writeFile(part, Buffer.alloc(150_000));
    const damaged = await desk.run(["download", id, "-o", "b.bin", "--force"]);
    expect(damaged.code).toBe(1);
    expect(damaged.stderr).toMatch(/^chunked-upload: the download is damaged: .+\n$/);
    expect(await readdir(desk.directory)).toEqual([".state", "a.bin", "b.bin"]);
    expect(await readFile(path.join(desk.directory, "b.bin"))).toEqual(bytes);
  });
});

describe("chunked-upload list, status and delete", () => {
  it("list uploads, and delete them without confirmation only with --yes", async () => {
    await using desk = await openDesk();
    for (const name of ["one.txt", "two.txt", "other.txt"]) await desk.file(name, 10);
    const words = ["upload", "one.txt", "two.txt", "other.txt"];
    const ids = (await desk.run(words)).stdout.split("\n").map((line) => line.split("\t")[0] ?? "");
    const limited = await desk.run(["list", "--limit", "2"]);
    expect(limited.stdout.trimEnd().split("\n")).toHaveLength(3);
    expect(limited.stderr).toContain("--all");
    const found = await desk.run(["list", "--search", "two", "--json"]);
    expect(readLines(found.stdout)).toMatchObject([{ filename: "two.txt", status: "complete" }]);

    const unasked = await desk.run(["delete", ids[0] ?? ""]);
    expect(unasked.code).toBe(2);
    expect(unasked.stderr).toContain("--yes");
    const deleted = await desk.run(["delete", ids[0] ?? "", crypto.randomUUID(), "--yes"]);
    expect(deleted.code).toBe(1);
    expect(deleted.stdout).toBe(`Deleted ${ids[0]}.\n`);
    expect((await desk.run(["status", ids[0] ?? ""])).code).toBe(1);
    expect(readLines((await desk.run(["list", "--all", "--json"])).stdout)).toHaveLength(2);
  });
});

describe("an error message and an exit code", () => {
  it.each([["upload", "a"], ["list"], ["delete", crypto.randomUUID(), "--yes"]])(
    "report a wrong token: %s",
    async (...words) => {
      await using desk = await openDesk();
      await desk.file("a", 10);
      const { code, stdout, stderr } = await desk.run([...words, "--token", "wrong"]);
      expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
      expect(stderr).toMatch(/^[^\n]*does not accept this token[^\n]*\n$/);
    },
  );

  it("report a server that does not respond or is another program", async () => {
    await using desk = await openDesk();
    await desk.file("a", 10);
    const away = await desk.run(["upload", "a", "--url", `http://127.0.0.1:${await freePort()}`]);
    expect(away.code).toBe(1);
    expect(away.stderr).toMatch(/^chunked-upload: cannot reach [^\n]+connection refused\n$/);
    const other = await desk.run(["upload", "a", "--url", `${desk.app.url}/somewhere`]);
    expect(other.code).toBe(1);
    expect(other.stderr).toMatch(/^chunked-upload: [^\n]+not a chunked-upload server[^\n]+\n$/);
  });

  it.each([
    [[]],
    [["nonsense"]],
    [["upload"]],
    [["upload", "a", "--parallel", "0"]],
    [["upload", "a", "--chunk-size", "big"]],
    [["upload", "a", "--metadata", "nothing"]],
    [["upload", "a", "--url", "files.example.com"]],
    [["list", "--status", "odd"]],
  ])("tell of wrong usage: %j", async (words) => {
    await using desk = await openDesk();
    const { code, stdout, stderr } = await desk.run(words);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    if (words.length > 0) expect(stderr).toMatch(/^chunked-upload: [^\n]+\n$/);
  });

  it("treat an empty token in the environment as missing", async () => {
    await using desk = await openDesk();
    const { code, stderr } = await desk.run(["list"], { env: { CHUNKED_UPLOAD_TOKEN: "" } });
    expect(code).toBe(1);
    expect(stderr).toContain("requires a token: use --token, or set CHUNKED_UPLOAD_TOKEN");
  });

  it("require a URL", async () => {
    await using desk = await openDesk();
    const { code, stderr } = await desk.run(["list"], { env: { CHUNKED_UPLOAD_URL: "" } });
    expect(code).toBe(2);
    expect(stderr).toContain("--url");
  });
});

describe("the binary", () => {
  it("prints its version and its usage", async () => {
    await using desk = await openDesk();
    expect((await desk.run(["--version"])).stdout).toMatch(/^\d+\.\d+\.\d+/);
    for (const words of [["--help"], ["upload", "--help"], ["download", "--help"]]) {
      const { code, stdout } = await desk.run(words);
      expect(code).toBe(0);
      expect(stdout).toContain("Examples:");
    }
  });

  it("contains no code of the server", async () => {
    const { inputs } = await bundleBinary();
    const strange = inputs.filter((input) =>
      /^src\/(server|auth|adapters|app|ui|env|generated)|node_modules\/(next|@prisma|react|zod|pino)/.test(
        input,
      ),
    );
    expect(strange).toEqual([]);
  });
});
