import { UploadError } from "../../core/errors.ts";
import type { Clock, Logger } from "../../core/ports/system.ts";
import { HEALTH_PATH, READY_PATH } from "../../wire/paths.ts";
import { listMethods } from "./cors.ts";
import type { Door, DoorRequest, DoorResponse } from "./exchange.ts";
import { answerJson } from "./json-answer.ts";
import { methodNotAllowed, nameAllowed } from "./method-not-allowed.ts";
import { renderProblem } from "./render-error.ts";

import { toUploadError } from "./to-upload-error.ts";

export interface HealthDoorDependencies {
  /** Resolves if database and store are writable. */
  readonly probe: () => Promise<void>;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Shorter than the timeout of common monitors, so that they get a response for a probe that hangs. */
const PROBE_TIMEOUT_MS = 3_000;
/** At most one probe starts within this time. */
const PROBE_EVERY_MS = 1_000;
const METHODS = ["GET", "HEAD"];

/**
 * `/api/health`: 200 while the process serves. `/api/ready`: 200 if the probe resolves within three seconds,
 * otherwise 503; the reason is only logged. Neither needs a credential.
 */
export function createHealthDoor(deps: HealthDoorDependencies): Door {
  const probe = shareProbe(deps);
  return async (request) => {
    const answer = await respond(request, probe).catch((thrown) => {
      const error = toUploadError(thrown, request, deps.log);
      return nameAllowed(renderProblem(error), error);
    });
    return request.method === "HEAD" ? { ...answer, body: null } : answer;
  };
}

async function respond(request: DoorRequest, probe: () => Promise<void>): Promise<DoorResponse> {
  const { method, url } = request;
  const path = url.pathname.replace(/\/$/, "");
  if (path !== HEALTH_PATH && path !== READY_PATH) throw new UploadError("NOT_FOUND");
  if (method === "OPTIONS") return answerMethods();
  if (!METHODS.includes(method)) throw methodNotAllowed(METHODS);
  if (path === READY_PATH) await probe().catch(refuse);
  return answerJson({ status: "ok" });
}

/** Every failure of the proof is 503 for the monitor. */
function refuse(cause: unknown): never {
  throw new UploadError("UNAVAILABLE", { cause });
}

function answerMethods(): DoorResponse {
  const headers = new Headers({ Allow: listMethods(METHODS), "Cache-Control": "no-store" });
  return { status: 204, headers, body: null };
}

/**
 * Shares one probe between all requests of the same second: the path needs no credential, and each probe
 * writes. A request within a second of the start of a probe gets its result.
 */
function shareProbe({ probe, clock }: HealthDoorDependencies): () => Promise<void> {
  let last: { readonly result: Promise<void>; readonly at: number; running: boolean } | null = null;
  return () => {
    const at = clock.now().getTime();
    if (last !== null && (last.running || at - last.at < PROBE_EVERY_MS)) return last.result;
    const result = withTimeout(probe, clock);
    const current = { result, at, running: true };
    last = current;
    const ended = () => {
      current.running = false;
    };
    result.then(ended, ended);
    return result;
  };
}

async function withTimeout(probe: () => Promise<void>, clock: Clock): Promise<void> {
  const answered = new AbortController();
  const late = clock.sleep(PROBE_TIMEOUT_MS, answered.signal).then(() => {
    throw new UploadError("UNAVAILABLE", { message: "The check took too long." });
  });
  const done = (async () => probe())();
  try {
    await Promise.race([done, late]);
  } finally {
    late.catch(() => undefined);
    done.catch(() => undefined);
    answered.abort();
  }
}
