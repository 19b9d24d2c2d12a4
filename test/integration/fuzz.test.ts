import { expect, it } from "vitest";
import { runFuzz } from "../fuzz/run-fuzz.ts";
import { bootApp } from "../support/boot-app.ts";
import { runSeed } from "../support/random-file.ts";

/** The long form is `npm run fuzz -- --requests 200000`. */
const requests = Number(process.env.FUZZ_REQUESTS ?? 4_000);

it("random requests through every door do what a small model of each upload predicts", {
  timeout: 600_000,
}, async () => {
  await using app = await bootApp();
  const token = await app.token();
  const strangerToken = await app.token(await app.createUser());
  const plan = { seed: runSeed(), requests, lanes: 4 };
  const tally = await runFuzz({ origin: app.url, token, strangerToken }, plan);
  expect(tally.requests).toBeGreaterThanOrEqual(requests);
});
