import { createHash } from "node:crypto";
import { formOf } from "../support/form-sender.ts";
import type { FuzzRequest } from "./connection.ts";
import { UploadModel } from "./model.ts";
import { authorization, expectStatus, jsonOf, someFile, someSize, type World } from "./world.ts";

/** Every way to begin an upload. Each adds its model to the world. */
export const createMoves = {
  async initByTrpc(world: World): Promise<void> {
    const { chance } = world;
    const size = chance.next() < 0.2 ? null : someSize(chance);
    const input = {
      filename: `fuzz-${chance.int(0, 9)}.bin`,
      ...(size === null ? {} : { size }),
      ...(chance.next() < 0.5 ? { chunkSize: chance.int(1, 200_000) } : {}),
      ...(chance.next() < 0.3
        ? { metadata: { album: "Sommer ☀", n: String(chance.int(0, 99)) } }
        : {}),
    };
    const response = await expectStatus(world, trpcCall(world, "uploads.init", input), [200]);
    const { id, chunkSize } = trpcResult(response.body);
    world.uploads.push(
      new UploadModel({
        ...{ id: String(id), chunkSize: Number(chunkSize), size, completesItself: false },
        file: someFile(chance),
      }),
    );
  },

  async firstChunkByDrf(world: World): Promise<void> {
    const { chance } = world;
    const file = someFile(chance);
    const size = Math.max(1, someSize(chance));
    const end = chance.int(1, size);
    const form = formOf([
      { name: "filename", body: "from-django.bin" },
      { name: "file", filename: "blob", body: file.slice(0, end) },
    ]);
    const response = await expectStatus(
      world,
      {
        ...{ method: "PUT", path: "/api/chunked_upload/", body: form.bytes() },
        headers: {
          ...authorization(world),
          ...form.headers,
          "content-range": `bytes 0-${end - 1}/${size}`,
        },
      },
      [200],
    );
    const { id, offset } = jsonOf(response);
    const upload = new UploadModel({
      ...{ id: String(id), file, size, chunkSize: 8 * 2 ** 20, completesItself: false },
    });
    upload.acknowledge({ start: 0, end: Number(offset) });
    world.uploads.push(upload);
  },

  async wholeFileByDrf(world: World): Promise<void> {
    const { chance } = world;
    const file = someFile(chance);
    const size = Math.max(1, someSize(chance));
    const bytes = file.slice(0, size);
    const isRight = chance.next() < 0.8;
    const md5 = createHash("md5").update(bytes).digest("hex");
    const form = formOf([
      { name: "md5", body: isRight ? md5 : "0".repeat(32) },
      { name: "file", filename: "whole.bin", body: bytes },
    ]);
    const headers = { ...authorization(world), ...form.headers };
    const response = await expectStatus(
      world,
      { method: "POST", path: "/api/chunked_upload/", headers, body: form.bytes() },
      [isRight ? 200 : 400],
    );
    if (!isRight) return;
    const upload = new UploadModel({
      ...{ id: String(jsonOf(response).id), file, size, chunkSize: 8 * 2 ** 20 },
      completesItself: false,
    });
    upload.acknowledge({ start: 0, end: size }, { completes: true });
    world.uploads.push(upload);
  },

  async createByTus(world: World): Promise<void> {
    const { chance } = world;
    const file = someFile(chance);
    const size = chance.next() < 0.2 ? null : someSize(chance);
    const sent = size !== null && chance.next() < 0.4 ? chance.int(0, size) : null;
    const response = await expectStatus(
      world,
      {
        ...{ method: "POST", path: "/api/tus" },
        headers: {
          ...authorization(world),
          "tus-resumable": "1.0.0",
          "upload-metadata": `filename ${Buffer.from("tus.bin").toString("base64")}`,
          ...(size === null ? { "upload-defer-length": "1" } : { "upload-length": String(size) }),
          ...(sent === null ? {} : { "content-type": "application/offset+octet-stream" }),
        },
        body: sent === null ? new Uint8Array() : file.slice(0, sent),
      },
      [201],
    );
    const id = String(response.headers.location).split("/").at(-1) ?? "";
    const upload = new UploadModel({
      id,
      file,
      size,
      chunkSize: 8 * 2 ** 20,
      completesItself: true,
    });
    upload.acknowledge({ start: 0, end: sent ?? 0 });
    world.uploads.push(upload);
  },
};

/** A mutation as the typed client sends it, without batching. */
export function trpcCall(world: World, procedure: string, input: unknown): FuzzRequest {
  const headers = { ...authorization(world), "content-type": "application/json" };
  const body = Buffer.from(JSON.stringify({ json: input }));
  return { method: "POST", path: `/api/trpc/${procedure}`, headers, body };
}

/** A query as the typed client sends it, without batching. */
export function trpcQuery(world: World, procedure: string, input: unknown): FuzzRequest {
  const query = `input=${encodeURIComponent(JSON.stringify({ json: input }))}`;
  return { method: "GET", path: `/api/trpc/${procedure}?${query}`, headers: authorization(world) };
}

/** The value that a successful call returned. */
export function trpcResult(body: Buffer): Record<string, unknown> {
  return JSON.parse(body.toString("utf8")).result.data.json;
}
