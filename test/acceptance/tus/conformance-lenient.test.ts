import { describe, expect, it } from "vitest";
import { startLenientTus } from "../../support/lenient-tus.ts";
import { protocolChecks } from "./conformance/all-checks.ts";
import { runCheck } from "./conformance/run-checks.ts";
import { openTarget } from "./conformance/target.ts";

/** What the suite says of a server that does all that the protocol permits. */
const judged = [
  ["expiration/on-patch", "MUST", "not seen"],
  ["creation/metadata-on-head", "MUST", "passed"],
  ["creation/no-header-smuggling", "SHOULD", "passed"],
  ["concatenation/what-cannot-be-concatenated", "SHOULD", "failed"],
  ["creation-defer-length/over-the-maximum", "SHOULD", "failed"],
] as const;

describe("the conformance suite, at a server that uses what the protocol leaves open", () => {
  it.each(judged)("says of %s: %s, %s", async (id, level, kind) => {
    await using server = await startLenientTus();
    const check = protocolChecks.find((known) => known.id === id);
    if (check === undefined) throw new Error(`There is no check ${id}.`);
    const outcome = await runCheck(check, await openTarget({ url: server.url }));
    expect([check.level, outcome.kind], JSON.stringify(outcome)).toEqual([level, kind]);
  });
});
