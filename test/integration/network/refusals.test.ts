import { describe, expect, it } from "vitest";
import { findNginx } from "../../support/nginx.ts";
import { runMatrix } from "../../support/refusals/matrix.ts";

if (findNginx() === null) {
  process.stdout.write(
    "No nginx is found (NGINX_PATH names one): refusals are tested without it.\n",
  );
}

describe("a refused body", () => {
  // The whole matrix is `npm run matrix`.
  it("costs no response and no other request, at every door and stage and by every route", async () => {
    const rows = await runMatrix({ sizes: [2 ** 19, 2 ** 21], rounds: 1 });
    expect(rows.filter(({ lost, nextLost, hurt }) => lost + nextLost + hurt > 0)).toEqual([]);
    expect(rows.length).toBeGreaterThan(40);
  });
});
