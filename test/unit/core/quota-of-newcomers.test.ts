import { describe, expect, it } from "vitest";
import { alice, memoryCore } from "../../support/memory-core.ts";
import { codeOf } from "../../support/upload-run.ts";

function beginAtOnce(quotaBytes: number, sizes: readonly number[]): Promise<unknown[]> {
  const { service } = memoryCore({ settings: { quotaBytes } });
  return Promise.all(
    sizes.map((size) =>
      service.init(alice, { filename: `${size}`, size }).then(() => "begun", codeOf),
    ),
  );
}

describe("a quota and uploads that begin at once", () => {
  it("lets one that does not fit cost none of the others their place", async () => {
    expect(await beginAtOnce(100, [101, 50, 50])).toEqual(["QUOTA_EXCEEDED", "begun", "begun"]);
  });

  it("takes those that fit, and no more", async () => {
    const outcomes = await beginAtOnce(100, [60, 60, 60, 40]);
    expect(outcomes).toEqual(["begun", "QUOTA_EXCEEDED", "QUOTA_EXCEEDED", "begun"]);
  });

  it("takes all again once one was refused", async () => {
    const { service } = memoryCore({ settings: { quotaBytes: 10 } });
    await expect(service.init(alice, { filename: "a", size: 11 })).rejects.toMatchObject({
      code: "QUOTA_EXCEEDED",
      details: { quota: 10, used: 0 },
    });
    await service.init(alice, { filename: "b", size: 10 });
  });
});
