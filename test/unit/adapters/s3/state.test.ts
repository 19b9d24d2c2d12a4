import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { longEtag, shortEtag } from "../../../../src/adapters/s3/etags.ts";
import { partNumbered } from "../../../../src/adapters/s3/part-plan.ts";
import {
  endOf,
  freshState,
  packState,
  type S3State,
  unpackState,
  withPart,
  withPiece,
} from "../../../../src/adapters/s3/state.ts";

const MIB = 2 ** 20;
const plan = { bytes: 8 * MIB, growsEvery: null };
const fresh = freshState("token", plan);
const etagOf = (number: number) => `"${createHash("md5").update(String(number)).digest("hex")}"`;

/** Part `number`, or a piece of it. */
function changeOf({ number, isPart }: { number: number; isPart: boolean }) {
  const part = partNumbered(plan, number);
  if (isPart) return (state: S3State) => withPart(state, part, shortEtag(etagOf(number)));
  const piece = { start: part.start + 5, end: part.start + 9, name: `piece${number}` };
  return (state: S3State) => withPiece(state, piece);
}

const change = fc.record({ number: fc.integer({ min: 1, max: 40 }), isPart: fc.boolean() });
const changes = fc.uniqueArray(change, { selector: ({ number }) => number, maxLength: 30 });

describe("the state of an upload in a bucket", () => {
  it("is the same in whatever order parallel writers change it", () => {
    fc.assert(
      fc.property(changes, fc.infiniteStream(fc.nat()), (made, chance) => {
        const shuffled = made
          .map((each) => ({ each, key: chance.next().value }))
          .sort((a, b) => a.key - b.key)
          .map(({ each }) => each);
        const apply = (list: typeof made) =>
          packState(list.map(changeOf).reduce((state, next) => next(state), fresh));
        expect(apply(shuffled)).toEqual(apply(made));
      }),
    );
  });

  it("survives its packed form", () => {
    fc.assert(
      fc.property(changes, (made) => {
        const state = made.map(changeOf).reduce((now, next) => next(now), fresh);
        const json = JSON.parse(JSON.stringify(packState(state)));
        expect(packState(unpackState(json))).toEqual(packState(state));
        expect(unpackState(json).parts).toEqual(state.parts);
      }),
    );
  });

  it("drops the pieces that a part replaces, and no others", () => {
    const pieces = [
      { start: 0, end: 5, name: "a" },
      { start: 8 * MIB, end: 9 * MIB, name: "b" },
    ];
    const state = pieces.reduce(withPiece, fresh);
    const after = withPart(state, partNumbered(plan, 2), "etag");
    expect(after.pieces.map(({ name }) => name)).toEqual(["a"]);
    expect(endOf(after, null)).toBe(16 * MIB);
    expect(endOf(after, 10 * MIB)).toBe(10 * MIB);
  });

  it("needs 22 characters a part", () => {
    let state = fresh;
    for (let number = 1; number <= 1_000; number += 1)
      state = changeOf({ number, isPart: true })(state);
    expect(JSON.stringify(packState(state)).length).toBeLessThan(22 * 1_000 + 200);
  });

  it("is refused when another store wrote it", () => {
    const unavailable = expect.objectContaining({ code: "UNAVAILABLE" });
    expect(() => unpackState({ part: ".part", done: ".done" })).toThrow(unavailable);
    expect(() => unpackState(null)).toThrow(unavailable);
  });
});

describe("shortEtag", () => {
  it.each([etagOf(1), '"d41d8cd98f00b204e9800998ecf8427e-12"', "plain", '"twenty-two-characters"'])(
    "keeps %s",
    (etag) => expect(longEtag(shortEtag(etag))).toBe(etag),
  );
});
