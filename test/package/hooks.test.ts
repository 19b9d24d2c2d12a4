import { expect, it, vi } from "vitest";
import { projectCopy } from "../support/packed-project.ts";

it("restores the project's package.json when packing fails", async () => {
  await using project = await projectCopy();
  const before = await project.manifest();

  // npm writes the tarball last, after the hook has replaced package.json.
  const { code } = await project.pack("--pack-destination", "there/is/no/such/directory");

  expect(code).not.toBe(0);
  await vi.waitFor(async () => expect(await project.manifest()).toBe(before), 10_000);
});
