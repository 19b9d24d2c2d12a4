import { createHash } from "node:crypto";
import { type Chance, type RandomFile, randomFile } from "../support/random-file.ts";
import type { FuzzConnection, FuzzRequest, FuzzResponse } from "./connection.ts";
import { type UploadModel, Violation } from "./model.ts";

/** Everything that a move needs. A lane has its own world; its uploads are touched by no other lane. */
export interface World {
  readonly chance: Chance;
  readonly connection: FuzzConnection;
  readonly token: string;
  /** The token of a user who owns none of the uploads. */
  readonly strangerToken: string;
  readonly uploads: UploadModel[];
  readonly tally: Tally;
  /** The requests so far and their statuses, for the report of a violation. */
  readonly history: string[];
}

/** Responses by door and status. */
export class Tally {
  requests = 0;
  readonly counts = new Map<string, number>();

  count(ask: FuzzRequest, status: number | "cut"): void {
    this.requests += 1;
    const door = /^\/api\/(trpc|uploads|chunked_upload|tus)\b/.exec(ask.path)?.[1] ?? "other";
    const key = `${door} ${status}`;
    this.counts.set(key, (this.counts.get(key) ?? 0) + 1);
  }
}

const largest = 384 * 1024;
const files: readonly RandomFile[] = Array.from({ length: 8 }, (_, at) =>
  randomFile(largest, at + 1),
);

/** One of eight contents of 384 KiB; an upload of `size` bytes is its first `size` bytes. */
export function someFile(chance: Chance): RandomFile {
  const file = files[chance.int(0, files.length - 1)];
  if (file === undefined) throw new RangeError("no file");
  return file;
}

export function someSize(chance: Chance): number {
  if (chance.next() < 0.05) return 0;
  return chance.next() < 0.3 ? chance.int(1, 3_000) : chance.int(1, largest);
}

export function pick<T>(chance: Chance, items: readonly T[]): T {
  const item = items[chance.int(0, items.length - 1)];
  if (item === undefined) throw new RangeError("nothing to pick from");
  return item;
}

/** An upload of this lane, in one of `states`; null when there is none. */
export function someUpload(
  world: World,
  states: readonly UploadModel["state"][],
): UploadModel | null {
  const fitting = world.uploads.filter(({ state }) => states.includes(state));
  return fitting.length === 0 ? null : pick(world.chance, fitting);
}

export function authorization({ token }: Pick<World, "token">): Record<string, string> {
  return { authorization: `Bearer ${token}` };
}

function remember(world: World, ask: FuzzRequest, status: number | "cut"): void {
  const { method, path, headers = {}, body, cutAfter } = ask;
  const position = headers["content-range"] ?? headers["upload-offset"] ?? "";
  const bytes = cutAfter ?? body?.length ?? "";
  world.tally.count(ask, status);
  world.history.push(`${method} ${path} ${position} ${bytes}: ${status}`);
}

/** Sends a request whose response must have one of `statuses`. */
export async function expectStatus(
  world: World,
  ask: FuzzRequest,
  statuses: readonly number[],
): Promise<FuzzResponse> {
  const response = await world.connection.send(ask);
  if (response === null) throw new Violation("a cut request has no response to judge");
  remember(world, ask, response.status);
  if (statuses.includes(response.status)) return response;
  const { method, path, headers } = ask;
  const shown = JSON.stringify({ ...headers, authorization: undefined });
  const text = response.body.subarray(0, 300).toString("utf8");
  throw new Violation(
    `${method} ${path} ${shown}: status ${response.status} instead of ${statuses.join(" or ")}: ${text}`,
  );
}

/** Sends a part of a body and destroys the connection. */
export async function sendCut(
  world: World,
  ask: FuzzRequest & { cutAfter: number },
): Promise<void> {
  await world.connection.send(ask);
  remember(world, ask, "cut");
}

export function jsonOf(response: FuzzResponse): Record<string, unknown> {
  return JSON.parse(response.body.toString("utf8"));
}

export function digestOf(upload: UploadModel, algorithm = "md5"): string {
  const bytes = upload.file.slice(0, upload.size ?? upload.offset);
  return createHash(algorithm).update(bytes).digest("hex");
}

/** Asks the server what it holds and compares it with the model. */
export async function settle(world: World, upload: UploadModel): Promise<void> {
  if (upload.state === "deleted") return;
  const ask = { method: "GET", path: `/api/uploads/${upload.id}`, headers: authorization(world) };
  const view = jsonOf(await expectStatus(world, ask, [200]));
  upload.size = (view.size as number | null) ?? null;
  upload.observe(view.received as [number, number][], view.status as 1 | 2);
}
