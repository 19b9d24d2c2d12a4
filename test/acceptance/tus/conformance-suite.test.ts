import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Fault, startFaultyTus } from "../../support/faulty-tus.ts";
import { execute } from "../../support/npm.ts";
import { protocolChecks } from "./conformance/all-checks.ts";
import { startReference } from "./conformance/reference-server.ts";
import { type Result, runChecks } from "./conformance/run-checks.ts";
import { openTarget } from "./conformance/target.ts";

const root = path.resolve(import.meta.dirname, "../../..");

// The suite itself: what it finds at a server that others run, and that it notices faults.

/** What @tus/server 2.4.5 with @tus/file-store 2.1.1 does otherwise than the protocol says. */
const knownOfReference = [
  "versions/unknown-on-creation",
  "versions/unknown-on-head",
  "versions/unknown-on-patch",
  "versions/unknown-on-delete",
  "override/patch-by-post",
  "override/delete-by-post",
  "override/head-by-get",
  "override/actual-method-is-ignored",
  "patch/content-type",
  "creation/metadata-on-head",
];

/** Faults put into its answers, and what must be noticed beside the above. */
const faults: readonly (readonly [string, Fault, readonly string[]])[] = [
  [
    "answers without Tus-Resumable",
    { headers: { "tus-resumable": null } },
    ["versions/in-successes", "versions/in-refusals"],
  ],
  ["HEAD that may be cached", { headers: { "cache-control": null } }, ["head/no-store"]],
  [
    "no Upload-Length on HEAD",
    { on: "HEAD", headers: { "upload-length": null } },
    [
      "head/length",
      "creation/empty-file",
      "creation-defer-length/told-by-patch",
      "creation-defer-length/told-before-the-end",
      "creation-defer-length/never-changed",
    ],
  ],
  ["200 for PATCH", { on: "PATCH", status: { 204: 200 } }, ["patch/acknowledged"]],
  ["400 for a wrong offset", { on: "PATCH", status: { 409: 400 } }, ["patch/wrong-offset"]],
  [
    "an expiry in ISO 8601",
    { headers: { "upload-expires": "2099-01-01T00:00:00Z" } },
    ["expiration/date"],
  ],
  [
    "algorithms in capitals",
    { headers: { "tus-checksum-algorithm": "SHA1" }, announce: ["checksum"] },
    ["checksum/algorithms", "checksum/sha1"],
  ],
  [
    "checksums announced and ignored",
    {
      headers: { "tus-checksum-algorithm": "sha1" },
      announce: ["checksum", "checksum-trailer"],
      ignore: ["upload-checksum"],
    },
    [
      "checksum/mismatch-status",
      "checksum/mismatch-is-discarded",
      "checksum/large-mismatch-is-discarded",
      "checksum/unknown-algorithm-status",
      "checksum/unknown-algorithm-is-discarded",
      "checksum/malformed",
      "checksum/earlier-chunks-stay",
      "checksum-trailer/mismatch-status",
      "checksum-trailer/mismatch-is-discarded",
      "checksum-trailer/unknown-algorithm-is-discarded",
      "creation-with-upload/wrong-checksum",
    ],
  ],
  [
    "concatenation announced, partials that do not say so",
    { announce: ["concatenation"], ignore: ["upload-concat"] },
    ["concatenation/partial-on-head", "concatenation/final", "concatenation/patch-of-a-final"],
  ],
];

let reference: Awaited<ReturnType<typeof startReference>>;

beforeAll(async () => {
  reference = await startReference();
});
afterAll(() => reference[Symbol.asyncDispose]());

async function failuresAt(url: string, only = protocolChecks): Promise<string[]> {
  const results = await runChecks(only, await openTarget({ url }));
  return results.filter(isFailure).map(({ check }) => check.id);
}

const isFailure = ({ outcome }: Result) => outcome.kind === "failed";

describe("the conformance suite", () => {
  it("has a name of its own for each check", () => {
    const names = protocolChecks.map(({ id }) => id);
    expect(new Set(names).size).toBe(names.length);
  });

  it("finds at @tus/server what is known of it, and nothing else", async () => {
    expect(await failuresAt(reference.url)).toEqual(knownOfReference);
  });

  it.each(faults)("notices %s", async (_, fault, noticed) => {
    await using faulty = await startFaultyTus(reference.url, fault);
    const watched = protocolChecks.filter(({ id }) => noticed.includes(id));
    expect(await failuresAt(faulty.url, watched)).toEqual(watched.map(({ id }) => id));
  });
});

describe("npm run conform", () => {
  const conform = (...args: string[]) =>
    execute(process.execPath, ["scripts/conform.mjs", ...args], root);

  it("shows two servers side by side, names what failed, and ends with 1", async () => {
    const fault = { on: "PATCH", status: { 204: 200 } };
    await using faulty = await startFaultyTus(reference.url, fault);
    const { code, stdout } = await conform("--url", faulty.url, "--compare", reference.url);
    expect(code).toBe(1);
    expect(stdout).toMatch(/^ +MUST +patch\/acknowledged +FAIL +pass$/m);
    expect(stdout).toMatch(/^ +MUST +checksum\/sha1 +- +-$/m);
    expect(stdout).toContain(`Failed at ${faulty.url}:`);
    expect(stdout).toContain("MUST patch/acknowledged (Core Protocol, Requests, PATCH)");
    expect(stdout).toContain("seen:   PATCH answered 200, upload-offset: 10");
    // Nobody looks at it in colour here.
    expect(stdout).not.toContain("\u001b[");
  });

  it("starts @tus/server by itself, and prints JSON", async () => {
    const { code, stdout } = await conform("--compare", "--json");
    expect(code).toBe(1);
    const [only, ...others] = JSON.parse(stdout);
    expect(others).toEqual([]);
    expect(only.server).toBe("@tus/server");
    const failed = only.checks.filter(({ kind }: { kind: string }) => kind === "failed");
    expect(failed.map(({ id }: { id: string }) => id)).toEqual(knownOfReference);
  });

  it("says in one sentence that a URL is no tus endpoint, and ends with 2", async () => {
    const server = createServer((_, response) => response.writeHead(404).end("<h1>Not here</h1>"));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/files`;
    const { code, stdout, stderr } = await conform("--url", url);
    server.close();
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr.trim()).toBe(
      `No server could be asked: ${url} is no tus endpoint (OPTIONS: 404, without Tus-Version).`,
    );
  });

  it("says in one line that nobody answers, and ends with 2", async () => {
    const { code, stdout, stderr } = await conform("--url", "http://127.0.0.1:1/files");
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr.trim()).toBe("No server could be asked: connect ECONNREFUSED 127.0.0.1:1");
  });
});
