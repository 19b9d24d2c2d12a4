import { describe, expect, it } from "vitest";
import {
  type AdminQuery,
  readAdminQuery,
  writeAdminQuery,
} from "../../../src/ui/admin/admin-query.ts";

describe("the query in the URL of the admin page", () => {
  it("is parsed as it was formatted", () => {
    const query: AdminQuery = {
      search: "ä & b",
      status: "expired",
      sort: "size",
      order: "asc",
      cursor: "abc=",
    };
    expect(readAdminQuery(new URLSearchParams(writeAdminQuery(query)))).toEqual(query);
  });

  it("omits defaults, and replaces unknown values by defaults", () => {
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
