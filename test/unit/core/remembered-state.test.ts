import { expect, it } from "vitest";
import type { Remember } from "../../../src/core/ports/chunk-store.ts";
import type { JsonValue } from "../../../src/core/upload.ts";
import { liveBody, settle } from "../../support/live-body.ts";
import { alice, memoryCore } from "../../support/memory-core.ts";

it("a store that changes its state gets the newest one, also to decide that nothing changes", async () => {
  const world = memoryCore();
  const { id } = await world.service.init(alice, { filename: "a", size: 100 });
  const opened: Remember[] = [];
  const { open } = world.store;
  world.store.open = async (upload, remember) => {
    opened.push(remember);
    return open(upload, remember);
  };
  const body = liveBody();
  const position = { start: 0, end: 100, total: 100 };
  const signal = new AbortController().signal;
  const sent = world.service.append(alice, { id, position, contentLength: 100, body, signal });
  await settle();
  const { uploads } = world.database;
  const record = await uploads.find(id);
  if (record !== null) await uploads.update(record, { storeState: "written by another writer" });
  const states: JsonValue[] = [];
  await opened[0]?.((state) => {
    states.push(state);
    return state;
  });
  expect(states.at(-1)).toBe("written by another writer");
  body.give(new Uint8Array(100));
  body.end();
  await sent;
});
