import { describe, expect, it } from "vitest";
import type { Upload } from "../../../src/core/upload.ts";
import { liveBody, settle } from "../../support/live-body.ts";
import { alice, arriving, memoryCore } from "../../support/memory-core.ts";
import { codeOf } from "../../support/upload-run.ts";

const MIB = 2 ** 20;
const QUOTA = 20 * MIB;

function world() {
  const core = memoryCore({ settings: { quotaBytes: QUOTA } });
  const append = (
    upload: Upload,
    range: { start: number; end: number; total?: number },
    body: AsyncIterable<Uint8Array>,
  ) =>
    core.service
      .append(alice, {
        id: upload.id,
        position: { total: null, ...range },
        contentLength: null,
        body,
        signal: new AbortController().signal,
      })
      .then(({ offset }) => offset, codeOf);
  return { ...core, append };
}

describe("a quota and uploads that name no length", () => {
  it("refuses a body that does not fit, before it is read", async () => {
    const { service, append } = world();
    const upload = await service.init(alice, { filename: "a" });
    expect(await append(upload, { start: 0, end: QUOTA + 1 }, liveBody())).toBe("QUOTA_EXCEEDED");
  });

  it("stops a body of unknown length that counts only as a whole, not long after the quota", async () => {
    const { service, database } = world();
    const upload = await service.init(alice, { filename: "a", origin: "drf" });
    const body = liveBody();
    const request = {
      ...{
        id: upload.id,
        position: { start: 0, end: null, total: undefined },
        contentLength: null,
      },
      ...{ body, sequential: true, whole: true, signal: new AbortController().signal },
    };
    const answer = service.append(alice, request).then(() => "taken", codeOf);
    // The body never ends.
    for (let sent = 0; sent < QUOTA + 4 * MIB; sent += MIB) body.give(new Uint8Array(MIB));
    expect(await answer).toBe("QUOTA_EXCEEDED");
    expect(await database.uploads.usage("alice")).toBe(0);
  });

  it("refuses at once what is sure to become too much", async () => {
    const { service } = world();
    const ask = { filename: "a", leastSize: QUOTA + 1 };
    expect(await service.init(alice, ask).catch(codeOf)).toBe("QUOTA_EXCEEDED");
    await service.init(alice, { filename: "b", leastSize: QUOTA });
  });

  it("refuses a total that does not fit", async () => {
    const { service, append } = world();
    const upload = await service.init(alice, { filename: "a" });
    const range = { start: 0, end: 1, total: QUOTA + 1 };
    expect(await append(upload, range, liveBody())).toBe("QUOTA_EXCEEDED");
  });

  it("counts what is held already", async () => {
    const { service, append } = world();
    const upload = await service.init(alice, { filename: "a" });
    const half = new Uint8Array(QUOTA / 2);
    expect(await append(upload, { start: 0, end: half.length }, arriving(half))).toBe(half.length);
    await service.init(alice, { filename: "b", size: QUOTA / 2 });
    const next = { start: half.length, end: half.length + 1 };
    expect(await append(upload, next, liveBody())).toBe("QUOTA_EXCEEDED");
  });

  it("accepts of concurrently declared totals only those that fit together", async () => {
    const { service, append, database } = world();
    const uploads = await Promise.all(
      ["a", "b", "c", "d"].map((filename) => service.init(alice, { filename })),
    );
    const total = 15 * MIB;
    const outcomes = await Promise.all(
      uploads.map((upload) =>
        append(upload, { start: 0, end: 1, total }, arriving(Buffer.from("a"))),
      ),
    );
    expect(outcomes.filter((outcome) => outcome === 1)).toHaveLength(1);
    expect(await database.uploads.usage("alice")).toBeLessThanOrEqual(QUOTA);
  });

  it("accepts of totals declared by concurrent empty bodies only those that fit together", async () => {
    const { service, database } = world();
    const uploads = await Promise.all(
      ["a", "b", "c", "d"].map((filename) => service.init(alice, { filename, origin: "tus" })),
    );
    const tell = ({ id }: Upload) =>
      service
        .append(alice, {
          ...{ id, position: { start: 0, end: 0, total: 15 * MIB }, contentLength: 0, body: null },
          ...{ sequential: true, byOffset: true, signal: new AbortController().signal },
        })
        .then(() => "told", codeOf);
    const outcomes = await Promise.all(uploads.map(tell));
    expect(outcomes.filter((outcome) => outcome === "told")).toHaveLength(1);
    expect(await database.uploads.usage("alice")).toBeLessThanOrEqual(QUOTA);
  });

  it("stops bodies that fit alone and not together, stage by stage", async () => {
    const { service, append } = world();
    const bodies = await Promise.all(
      ["a", "b"].map(async (filename) => {
        const upload = await service.init(alice, { filename });
        const body = liveBody();
        return { upload, body, answer: append(upload, { start: 0, end: QUOTA }, body) };
      }),
    );
    for (let sent = 0; sent < QUOTA; sent += MIB) {
      for (const { body } of bodies) body.give(new Uint8Array(MIB));
      await settle();
    }
    for (const { body } of bodies) body.end();
    const answers = await Promise.all(bodies.map(({ answer }) => answer));
    expect(answers).toContain("QUOTA_EXCEEDED");
    const held = await Promise.all(bodies.map(({ upload }) => service.status(alice, upload.id)));
    expect(held.reduce((sum, { offset }) => sum + offset, 0)).toBeLessThanOrEqual(QUOTA + 16 * MIB);
  });
});
