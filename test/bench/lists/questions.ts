import type { UploadFilter, Uploads } from "../../../src/core/ports/uploads.ts";
import { owners } from "./made-up-rows.ts";

/** One query of the server: a name, and what runs it and returns the number of rows or the count. */
export interface Question {
  readonly name: string;
  readonly ask: () => Promise<number>;
}

const DAY_MS = 86_400_000;
const COUNT_CAP = 10_000;

/** Filters by one property, by name. */
function filters(now: Date): Record<string, UploadFilter> {
  const ago = (days: number) => new Date(now.getTime() - days * DAY_MS);
  return {
    all: {},
    "owned by somebody": { includeOwnerless: false },
    uploading: { status: "uploading" },
    complete: { status: "complete" },
    expired: { status: "expired" },
    "owner 30 %": { ownerId: owners[0] },
    "owner 0.3 %": { ownerId: owners[7] },
    "owner of ten": { ownerId: owners[199] },
    "owner 30 % uploading": { ownerId: owners[0], status: "uploading" },
    "owner 30 % expired": { ownerId: owners[0], status: "expired" },
    "profile 25 %": { profile: "avatar" },
    "profile rare": { profile: "rare" },
    "profile none": { profile: "no such profile" },
    "profile rare complete": { profile: "rare", status: "complete" },
    "last day": { createdAfter: ago(1) },
    "a month, a year ago": { createdAfter: ago(395), createdBefore: ago(365) },
    "older than a year": { createdBefore: ago(365) },
    "older than a year uploading": { createdBefore: ago(365), status: "uploading" },
    "older than a year owner 0.3 %": { createdBefore: ago(365), ownerId: owners[7] },
  };
}

/** Texts that are searched for, by name. */
const searches: Record<string, string> = {
  "in 25 %": "report",
  "in 0.2 %": "zebra_xray",
  "in few": "urgent_video_777",
  "in none": "no such name at all",
  "of common parts, in none": "report_report_report",
  "in a path": "garden/winter/",
  "one character, in 25 %": "z",
  "two characters, in none": "qq",
  "two of Chinese": "報告",
  "an e-mail": "user199@",
  "an id": owners[199] ?? "",
};

/** Every procedure by filter, sort and search. */
export function questions(uploads: Uploads, now: Date): Question[] {
  const list: Question[] = [];
  for (const [name, filter] of Object.entries(filters(now)))
    list.push(...listed(uploads, { name, filter, now }));
  for (const [text, search] of Object.entries(searches)) {
    for (const status of [undefined, "uploading", "complete", "expired"] as const) {
      const name = `search ${text}${status === undefined ? "" : `, ${status}`}`;
      const filter = { search, searchOwners: true, status };
      list.push(...listed(uploads, { name, filter, now }));
    }
    for (const ownerId of [owners[0], owners[199]]) {
      const name = `own search ${text}, ${ownerId === owners[0] ? "owner 30 %" : "owner of ten"}`;
      list.push(...listed(uploads, { name, filter: { search, ownerId }, now }));
    }
  }
  return [...list, ...others(uploads, now)];
}

function listed(
  uploads: Uploads,
  { name, filter, now }: { name: string; filter: UploadFilter; now: Date },
): Question[] {
  const pages = (["createdAt", "filename", "size"] as const).flatMap((sort) =>
    (["desc", "asc"] as const).flatMap((order) => {
      const query = { ...filter, sort, order, limit: 50, now };
      const title = `list ${name} by ${sort} ${order}`;
      return [
        { name: title, ask: async () => (await uploads.list(query)).items.length },
        { name: `${title}, page 2`, ask: secondPage(uploads, query) },
      ];
    }),
  );
  const count = { name: `count ${name}`, ask: () => uploads.count({ ...filter, now }, COUNT_CAP) };
  return [count, ...pages];
}

/** The first page is asked for once; then only the second. */
function secondPage(uploads: Uploads, query: Parameters<Uploads["list"]>[0]) {
  let cursor: Promise<string | null> | null = null;
  return async () => {
    cursor ??= uploads.list(query).then(({ nextCursor }) => nextCursor);
    const after = await cursor;
    if (after === null) return 0;
    return (await uploads.list({ ...query, cursor: after })).items.length;
  };
}

function others(uploads: Uploads, now: Date): Question[] {
  const ownerId = owners[0] ?? "";
  const month = new Date(now.getTime() - 30 * DAY_MS);
  const middle = "80000000-0000-4000-8000-000000000000";
  const identity = { filename: "report_report_5.pdf", size: 1, path: null };
  const one = (name: string, ask: () => Promise<{ length: number }>) => ({
    name,
    ask: async () => (await ask()).length,
  });
  const page = { limit: 100 };
  return [
    one("resumable", () => uploads.resumable({ ownerId, ...identity, now })),
    one("existing, 100 files", () =>
      uploads.existing(
        ownerId,
        Array.from({ length: 100 }, () => identity),
      ),
    ),
    { name: "usage of 30 %", ask: () => uploads.usage(ownerId) },
    { name: "stats", ask: async () => (await uploads.stats({ now })).daily.length },
    {
      name: "stats of a month",
      ask: async () => (await uploads.stats({ from: month, now })).daily.length,
    },
    one("verify, first page", () => uploads.completed(page)),
    one("verify, a page in the middle", () => uploads.completed({ ...page, afterId: middle })),
    one("sweep, first page", () => uploads.expired(now, page)),
    one("sweep with kept records, first page", () =>
      uploads.expired(now, { ...page, swept: true }),
    ),
    one("recover, first page", () => uploads.unsettled(page)),
    one("finish, first page", () => uploads.readyToComplete(page)),
  ];
}
