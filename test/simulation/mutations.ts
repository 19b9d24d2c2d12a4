/** A deliberate break of the core: `find` in `file` becomes `replace`. The simulation must notice it. */
export interface Mutation {
  readonly name: string;
  readonly file: string;
  readonly find: string;
  readonly replace: string;
  /** How many instances it takes; 1, 2 and 3 in turn when left out. */
  readonly instances?: number;
}

export const mutations: readonly Mutation[] = [
  {
    name: "the claim's guard is left out of the commit",
    file: "src/core/append/commit-bytes.ts",
    find: "changeRecord(core, upload, { guard, decide })",
    replace: "changeRecord(core, upload, { decide })",
    instances: 3,
  },
  {
    name: "the record is not read again once the range is claimed",
    file: "src/core/append/append-chunk.ts",
    find: "const upload = claim.upload ?? (await findUpload(core, job.upload.id));",
    replace: "const upload = job.upload;",
  },
  {
    name: "bytes are committed before they are flushed",
    file: "src/core/append/commit-bytes.ts",
    find: "const [flushed, state] = await Promise.all([body.writer.flush(), hashed?.state ?? null]);",
    replace:
      "const late = body.writer.flush(); late.catch(() => {}); const [flushed, state] = [null as Flushed | null, await hashed?.state ?? null];",
  },
  {
    name: "the outbox entry is not written with the mark",
    file: "src/core/complete/complete-upload.ts",
    find: "? await core.uploads.updateWithOutbox(upload, changes, now)",
    replace: "? await core.uploads.update(upload, changes)",
  },
  {
    name: "a writer's state overwrites the newest one",
    file: "src/core/append/commit-bytes.ts",
    find: "flushed.merge(record.storeState)",
    replace: "flushed.merge(upload.storeState)",
  },
  {
    name: "a reset keeps the store's state",
    file: "src/core/append/lost-bytes.ts",
    find: "{ ...bytesLost, storeState }",
    replace: "{ ...bytesLost }",
  },
  {
    name: "the lease of a delivery is not renewed",
    file: "src/core/complete/delivery-lease.ts",
    find: "if (ended.aborted || this.#isLost) return;",
    replace: "return;",
    instances: 3,
  },
  {
    name: "the quota is not looked at when an upload begins",
    file: "src/core/quota.ts",
    find: "if (used + bytes > quota) throw quotaExceeded(quota, used);",
    replace: "",
    instances: 1,
  },
  {
    name: "the quota is not looked at when bytes of an open length are counted",
    file: "src/core/quota.ts",
    find: "if (others + bytes > quotaBytes) throw quotaExceeded(quotaBytes, others);",
    replace: "",
  },
  {
    name: "the digest's state is saved ahead of the offset",
    file: "src/core/append/receive-body.ts",
    find: "this.#digestAt += piece.length;",
    replace: "this.#digestAt += piece.length + 1;",
  },
  {
    name: "a takeover does not await the older writer",
    file: "src/core/append/writers.ts",
    find: "await Promise.all(older.map((other) => other.done));",
    replace: "",
    instances: 1,
  },
  {
    name: "a file that is too short is not noticed when it is opened and completed",
    file: "src/core/append/open-writer.ts",
    find: "if (length >= highestHeld(receivedRanges(seen)))",
    replace: "if (length >= 0)",
    instances: 1,
  },
  {
    name: "ranges that the store lost are not cut from the record",
    file: "src/core/transitions.ts",
    find: "const received = before.flatMap((range) => missingRanges(merged, range));",
    replace: "const received = merged.length < 0 ? [] : before;",
  },
  {
    name: "a cut leaves the digest where it was",
    file: "src/core/transitions.ts",
    find: "...(upload.digestOffset > offset ? digestDropped : {}),",
    replace: "",
  },
  {
    name: "a commit counts what was held when it was planned",
    file: "src/core/append/commit-bytes.ts",
    find: "const ranges = clipped(plan.missing, end);",
    replace: "const ranges = clipped([{ start: plan.range.start, end }], end);",
  },
  {
    name: "a claimed digest is not compared",
    file: "src/core/append/body-digests.ts",
    find: "if (found === expected) continue;",
    replace: "continue;",
  },
  {
    name: "reading back saves a digest that belongs to an older prefix",
    file: "src/core/append/catch-up.ts",
    find: "const stale = record.digestOffset !== advance.from || record.offset < advance.to;",
    replace: "const stale = false;",
  },
  {
    name: "a deletion forgets the bytes",
    file: "src/core/housekeeping/remove-upload.ts",
    find: "await core.store.remove(marked);",
    replace: "",
  },
];
