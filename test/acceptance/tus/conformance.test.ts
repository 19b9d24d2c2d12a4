import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type BootedApp, bootApp } from "../../support/boot-app.ts";
import { ownChecks, protocolChecks } from "./conformance/all-checks.ts";
import { type Check, extensions } from "./conformance/check.ts";
import { type Outcome, runCheck } from "./conformance/run-checks.ts";
import { openTarget, type Target } from "./conformance/target.ts";

const name = ({ level, id, text }: Check) => `${level} ${id}: ${text}`;
const sized = { CHUNKED_UPLOAD_MAX_BYTES: "1 GiB" };

/** The app whose uploads live for a day, and one whose uploads expire while a check waits. */
let apps: BootedApp[] = [];
let lasting: Target;
let fleeting: Target;

beforeAll(async () => {
  apps = await Promise.all([
    bootApp({ env: sized }),
    bootApp({ env: { ...sized, CHUNKED_UPLOAD_EXPIRATION: "3s" } }),
  ]);
  const targets = await Promise.all(apps.map(openOwn));
  [lasting, fleeting] = targets as [Target, Target];
});

afterAll(async () => {
  for (const app of apps) await app[Symbol.asyncDispose]();
});

async function openOwn(app: BootedApp): Promise<Target> {
  const stranger = await app.createUser();
  return openTarget({
    url: `${app.url}/api/tus`,
    token: await app.token(),
    strangerToken: await app.token(stranger),
  });
}

function expected({ extension }: Check): Outcome {
  if (extension === "concatenation-unfinished") return { kind: "not offered", extension };
  return { kind: "passed" };
}

describe("tus 1.0", () => {
  it.each(protocolChecks.map((check) => [name(check), check] as const))("%s", async (_, check) => {
    const target = check.id === "expiration/gone" ? fleeting : lasting;
    expect(await runCheck(check, target)).toEqual(expected(check));
  });

  it("offers every extension but concatenation of unfinished uploads", () => {
    const offered = extensions.filter((extension) => lasting.offers(extension));
    expect(offered).toEqual(extensions.filter((name) => name !== "concatenation-unfinished"));
  });
});

describe("our contract", () => {
  it.each(ownChecks.map((check) => [name(check), check] as const))("%s", async (_, check) => {
    expect(await runCheck(check, lasting)).toEqual({ kind: "passed" });
  });
});
