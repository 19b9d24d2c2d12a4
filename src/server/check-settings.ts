import { createDigests } from "../adapters/hash-wasm/digests.ts";
import { readProcessEnvironment } from "../env.ts";
import { profiles } from "../profiles.ts";
import { checkAlgorithms } from "./check-algorithms.ts";
import { refuseStart } from "./refuse-start.ts";
import { requireFreePort } from "./serve.ts";

// What `npm start` runs before a build, which takes a minute: a wrong setting and a used port are
// reported first.
try {
  const environment = readProcessEnvironment();
  checkAlgorithms(environment, profiles, createDigests());
  await requireFreePort(environment);
} catch (error) {
  refuseStart(error);
}
