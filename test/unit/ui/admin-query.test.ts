import { describe, expect, it } from "vitest";
import {
  type AdminQuery,
  readAdminQuery,
  writeAdminQuery,
} from "../../../src/ui/admin/admin-query.ts";

describe("the administrator's address", () => {
  it("holds the whole query, and gives it back", () => {
    const query: AdminQuery = {
      search: "ä & b",
      status: "expired",
      sort: "size",
      order: "asc",
      cursor: "abc=",
    };
    expect(readAdminQuery(new URLSearchParams(writeAdminQuery(query)))).toEqual(query);
  });

  it("says nothing of defaults, and takes what it does not know for them", () => {
    const plain = readAdminQuery(new URLSearchParams("status=lost&sort=colour&order=up"));
    expect(plain).toEqual({
      search: "",
      status: null,
      sort: "createdAt",
      order: "desc",
      cursor: null,
    });
    expect(writeAdminQuery(plain)).toBe("");
  });
});
