import { UploadError } from "../../../../src/core/errors.ts";
import type { Authenticated } from "../../../../src/core/ports/authenticator.ts";
import type { UserPrincipal } from "../../../../src/core/principal.ts";
import {
  type ChunksDoorDependencies,
  createChunksDoor,
} from "../../../../src/doors/chunks/chunks-door.ts";
import { recordingLog } from "../../../support/recording-log.ts";

export const owner: UserPrincipal = {
  kind: "user",
  id: "user-1",
  email: "user@example.com",
  role: "user",
  via: "token",
};

type Service = ChunksDoorDependencies["service"];

const unasked = () => Promise.reject(new UploadError("UNAVAILABLE", { message: "not expected" }));

/** The raw door over a service that implements only `answers`. */
export function chunksDoor(answers: Partial<Service>, sender: Authenticated | null = signedIn) {
  const log = recordingLog();
  const door = createChunksDoor({
    service: {
      append: unasked,
      opening: () => null,
      status: unasked,
      remove: unasked,
      open: unasked,
      result: () => null,
      ...answers,
    },
    authenticate: async () => sender,
    config: { publicUrl: "https://public.example", corsOrigins: ["https://friend.example"] },
    log,
  });
  return { door, log };
}

const signedIn: Authenticated = { principal: owner, byCookie: false };
