import { describe, expect, it } from "vitest";
import type { FailureCode } from "../../src/client/failure.ts";
import { type UploadErrorCode, uploadErrorCodes } from "../../src/core/errors.ts";
import { guideExamples, readGuide } from "../support/guide-examples.ts";
import { packageConsumer } from "../support/package-consumer.ts";
import { packProject } from "../support/packed-project.ts";

const ownCodes = {
  NETWORK: true,
  TOKEN_FAILED: true,
  FILE_UNREADABLE: true,
  NOT_REPEATABLE: true,
  DIFFERENT_FILE: true,
  UNKNOWN_ALGORITHM: true,
  COMPLETION_FAILED: true,
  ABORTED: true,
  UNEXPECTED: true,
} satisfies Record<Exclude<FailureCode, UploadErrorCode>, true>;

describe("the client guide", () => {
  it("has examples that compile against the packed package", { timeout: 240_000 }, async () => {
    const examples = await guideExamples();
    expect(examples.length).toBeGreaterThan(8);
    await using packed = await packProject();
    await using consumer = await packageConsumer(packed.tarball);
    await consumer.borrow("react", "@types/react", "csstype");
    for (const { name, code } of examples) await consumer.write(name, `${code}\nexport {};\n`);
    const complaints = await consumer.compile(
      examples.map(({ name }) => name),
      {
        module: "esnext",
        moduleResolution: "bundler",
        lib: ["es2023", "dom", "dom.iterable"],
        types: ["node"],
        jsx: "react-jsx",
      },
    );
    expect(complaints).toBe("");
  });

  it("explains every failure code", async () => {
    const guide = await readGuide();
    const rows = guide.split("\n").filter((line) => line.startsWith("| `"));
    const explained = rows.flatMap((row) =>
      [...(row.split(" | ")[0] ?? "").matchAll(/`([A-Z_]+)`/g)].map((found) => found[1]),
    );
    const codes = [...uploadErrorCodes, ...Object.keys(ownCodes)];
    expect(explained.sort()).toEqual(codes.sort());
  });
});
