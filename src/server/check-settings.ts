import { createDigests } from "../adapters/hash-wasm/digests.ts";
import { readProcessEnvironment } from "../env.ts";
import { profiles } from "../profiles.ts";
import { checkAlgorithms } from "./check-algorithms.ts";
import { refuseStart } from "./refuse-start.ts";

// What `npm start` runs before a build: nobody should wait a minute to hear of a misspelt setting.
try {
  checkAlgorithms(readProcessEnvironment(), profiles, createDigests());
} catch (error) {
  refuseStart(error);
}
