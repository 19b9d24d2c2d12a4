import { describe, expect, it } from "vitest";
import { createDeferred } from "../../../src/client/deferred.ts";
import { Intake } from "../../../src/ui/uploads/intake.ts";

const file = (path: string) => ({ file: new File(["x"], path), path });
const view = { id: "u1", createdAt: new Date(0) };

/** An intake whose server has the files in `known`. */
function openIntake(known: readonly string[], fails = false) {
  const sent: string[] = [];
  const rounds: number[] = [];
  const intake = new Intake({
    existing: async ({ path }) => {
      if (fails) throw new Error("The server is not available.");
      return known.includes(path) ? view : null;
    },
    keyOf: ({ path }) => path,
    chosen: () => undefined,
    send: (files) => {
      rounds.push(files.length);
      sent.push(...files.map(({ path }) => path));
    },
  });
  const settled = async () => {
    while (intake.snapshot().checking > 0) await new Promise((resolve) => setTimeout(resolve, 0));
  };
  const here = () => intake.snapshot().here.map(({ path }) => path);
  return { intake, sent, rounds, settled, here };
}

describe("chosen files", () => {
  it("are skipped if they are on the server; the others are sent together, in order", async () => {
    const { intake, sent, rounds, settled, here } = openIntake(["Trip/b", "Trip/d"]);
    intake.offer(["Trip/a", "Trip/b", "Trip/c", "Trip/d", "Trip/e"].map(file));
    expect(intake.snapshot().checking).toBe(5);
    await settled();
    expect(sent).toEqual(["Trip/a", "Trip/c", "Trip/e"]);
    expect(rounds).toEqual([3]);
    expect(here()).toEqual(["Trip/b", "Trip/d"]);
  });

  it("are sent again if the user keeps both, for one file or for all", async () => {
    const { intake, sent, settled, here } = openIntake(["a", "b", "c"]);
    intake.offer(["a", "b", "c"].map(file));
    await settled();
    expect(sent).toEqual([]);
    intake.keepBoth("b");
    expect([sent, here()]).toEqual([["b"], ["a", "c"]]);
    intake.keepAll();
    expect([sent, here()]).toEqual([["b", "a", "c"], []]);
  });

  it("are listed once, even if they are dropped repeatedly, until the list is dismissed", async () => {
    const { intake, sent, settled, here } = openIntake(["a"]);
    for (let drops = 0; drops < 2; drops += 1) {
      intake.offer([file("a")]);
      await settled();
    }
    expect(here()).toEqual(["a"]);
    intake.dismiss();
    expect([sent, here()]).toEqual([[], []]);
  });

  it("are not sent if all uploads are cancelled during the check", async () => {
    const { intake, sent, settled, here } = openIntake(["b"]);
    intake.offer(["a", "b"].map(file));
    intake.cancel();
    intake.offer([file("c")]);
    await settled();
    expect([sent, here()]).toEqual([["c"], []]);
  });

  it("are sent if the check fails", async () => {
    const { intake, sent, settled } = openIntake(["a"], true);
    intake.offer([file("a")]);
    await settled();
    expect(sent).toEqual(["a"]);
  });

  it("do not delay other files during the check", async () => {
    const compared = createDeferred<typeof view>();
    const sent: string[] = [];
    const intake = new Intake({
      existing: ({ path }) => (path === "large" ? compared.promise : Promise.resolve(null)),
      keyOf: ({ path }) => path,
      chosen: () => undefined,
      send: (files) => void sent.push(...files.map(({ path }) => path)),
    });
    intake.offer(["large", "small"].map(file));
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(sent).toEqual(["small"]);
    expect(intake.snapshot().checking).toBe(1);
    compared.resolve(view);
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(intake.snapshot()).toMatchObject({ checking: 0, here: [{ path: "large" }] });
  });
});
