import type { Check } from "./check.ts";
import { checksumChecks } from "./checks/checksum.ts";
import { checksumTrailerChecks } from "./checks/checksum-trailer.ts";
import { concatenationChecks } from "./checks/concatenation.ts";
import { unfinishedChecks } from "./checks/concatenation-unfinished.ts";
import { contractChecks } from "./checks/contract.ts";
import { fileChecks } from "./checks/contract-files.ts";
import { meetingChecks } from "./checks/contract-lines.ts";
import { headChecks } from "./checks/core-head.ts";
import { lineChecks } from "./checks/core-lines.ts";
import { optionsChecks } from "./checks/core-options.ts";
import { overrideChecks } from "./checks/core-override.ts";
import { patchChecks } from "./checks/core-patch.ts";
import { versionChecks } from "./checks/core-versions.ts";
import { creationChecks } from "./checks/creation.ts";
import { deferLengthChecks } from "./checks/creation-defer-length.ts";
import { creationWithUploadChecks } from "./checks/creation-with-upload.ts";
import { expirationChecks } from "./checks/expiration.ts";
import { terminationChecks } from "./checks/termination.ts";

/** Every check of tus 1.0, core first. */
export const protocolChecks: readonly Check[] = [
  ...optionsChecks,
  ...versionChecks,
  ...overrideChecks,
  ...headChecks,
  ...patchChecks,
  ...lineChecks,
  ...creationChecks,
  ...creationWithUploadChecks,
  ...deferLengthChecks,
  ...expirationChecks,
  ...checksumChecks,
  ...checksumTrailerChecks,
  ...terminationChecks,
  ...concatenationChecks,
  ...unfinishedChecks,
];

/** What this service promises beyond tus 1.0; none of it counts as conformance. */
export const ownChecks: readonly Check[] = [...contractChecks, ...fileChecks, ...meetingChecks];
