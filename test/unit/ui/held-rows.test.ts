import { describe, expect, it } from "vitest";
import { holdRows } from "../../../src/ui/admin/held-rows.ts";

interface Row {
  readonly id: string;
  readonly offset: number;
}

const list = (ids: string, offset = 0): Row[] => [...ids].map((id) => ({ id, offset }));
const show = (ids: string, size = 4) => holdRows<Row>([], { latest: list(ids), size }).rows;
const hold = (shown: ReturnType<typeof show>, ids: string, size = 4) =>
  holdRows<Row>(shown, { latest: list(ids, 1), size });
const idsOf = ({ rows }: ReturnType<typeof hold>) => rows.map(({ item }) => item.id).join("");
const goneOf = ({ rows }: ReturnType<typeof hold>) =>
  rows.filter(({ gone }) => gone).map(({ item }) => item.id);

describe("the rows of a list that changes while it is shown", () => {
  it("keep their positions and are updated; new rows are counted", () => {
    const held = hold(show("dcba"), "gfedcba");
    expect(idsOf(held)).toBe("dcba");
    expect(held.fresh).toBe(3);
    expect(held.rows.every(({ item, gone }) => item.offset === 1 && !gone)).toBe(true);
  });

  it("stay, and do not count as removed, when new rows move them off the page", () => {
    const held = hold(show("dcba"), "fedc");
    expect(idsOf(held)).toBe("dcba");
    expect([held.fresh, goneOf(held)]).toEqual([2, []]);
  });

  it("stay in their positions, marked as gone, when they are removed", () => {
    const held = hold(show("dcba"), "dba");
    expect(idsOf(held)).toBe("dcba");
    expect(goneOf(held)).toEqual(["c"]);
    // It stays marked when rows are moved off the page afterwards.
    expect(goneOf(hold(held.rows, "gfed"))).toEqual(["c"]);
  });

  it("are added at the end, where they move no row, up to the page size", () => {
    const held = hold(show("ab"), "abcdef");
    expect(idsOf(held)).toBe("abcd");
    expect(held.fresh).toBe(0);
  });

  it("are replaced when none of them is left or the list was empty", () => {
    expect(idsOf(hold(show(""), "ba"))).toBe("ba");
    const others = hold(hold(show("dc"), "d").rows, "xd");
    expect([idsOf(others), others.fresh]).toEqual(["dc", 1]);
    expect(idsOf(hold(hold(show("cba"), "a").rows, "a"))).toBe("cba");
  });
});
