import { trpcCall, trpcQuery, trpcResult } from "./create-moves.ts";
import { Violation } from "./model.ts";
import {
  authorization,
  digestOf,
  expectStatus,
  pick,
  settle,
  someUpload,
  type World,
} from "./world.ts";

/** Moves that read, complete and delete. */
export const controlMoves = {
  async head(world: World): Promise<void> {
    const upload = someUpload(world, ["uploading", "complete"]);
    if (upload === null) return;
    if (!upload.isCertain) return;
    await settle(world, upload);
    const byTus = world.chance.next() < 0.5;
    const ask = {
      method: "HEAD",
      path: byTus ? `/api/tus/${upload.id}` : `/api/uploads/${upload.id}`,
      headers: { ...authorization(world), "tus-resumable": "1.0.0" },
    };
    const { headers } = await expectStatus(world, ask, [200]);
    if (Number(headers["upload-offset"]) !== upload.offset)
      throw new Violation(
        `${upload.id}: HEAD says ${headers["upload-offset"]}, not ${upload.offset}`,
      );
  },

  async complete(world: World): Promise<void> {
    const upload = someUpload(world, ["uploading", "complete"]);
    if (upload === null) return;
    if (!upload.isCertain) return;
    await settle(world, upload);
    const isRight = world.chance.next() < 0.7;
    const beyond = upload.held.length > (upload.offset > 0 ? 1 : 0);
    const canComplete = upload.isFull || (upload.size === null && !beyond);
    const checksum = isRight ? digestOf(upload) : "f".repeat(32);
    const call = trpcCall(world, "uploads.complete", { id: upload.id, checksum });
    const expected = isRight && canComplete ? 200 : 400;
    const response = await expectStatus(world, call, [expected]);
    if (response.status !== 200) return;
    const view = trpcResult(response.body);
    if (view.checksum !== checksum) throw new Violation(`${upload.id}: wrong checksum`);
    upload.state = "complete";
    upload.size = upload.offset;
  },

  async completeByDrf(world: World): Promise<void> {
    const upload = someUpload(world, ["uploading"]);
    if (upload === null || upload.size === null || !upload.isCertain) return;
    await settle(world, upload);
    if (upload.state !== "uploading" || upload.size === null) return;
    const checksum = digestOf(upload);
    const ask = {
      ...{ method: "POST", path: `/api/chunked_upload/${upload.id}/` },
      headers: { ...authorization(world), "content-type": "application/x-www-form-urlencoded" },
      body: Buffer.from(`md5=${checksum}`),
    };
    await expectStatus(world, ask, [upload.isFull ? 200 : 400]);
    if (upload.isFull) upload.state = "complete";
  },

  async download(world: World): Promise<void> {
    const upload = someUpload(world, ["uploading", "complete"]);
    if (upload === null) return;
    if (!upload.isCertain) return;
    const path = `/api/uploads/${upload.id}/file`;
    const headers = authorization(world);
    if (upload.state !== "complete") {
      await expectStatus(world, { method: "GET", path, headers }, [409]);
      return;
    }
    const size = upload.size ?? 0;
    const first = world.chance.int(0, Math.max(0, size - 1));
    const last = world.chance.int(first, Math.max(first, size - 1));
    const isWhole = size === 0 || world.chance.next() < 0.5;
    const ask = {
      ...{ method: "GET", path },
      headers: isWhole ? headers : { ...headers, range: `bytes=${first}-${last}` },
    };
    const { body } = await expectStatus(world, ask, [isWhole ? 200 : 206]);
    const right = isWhole ? upload.file.slice(0, size) : upload.file.slice(first, last + 1);
    if (!body.equals(right)) throw new Violation(`${upload.id}: wrong bytes in the download`);
  },

  async remove(world: World): Promise<void> {
    const upload = someUpload(world, ["uploading", "complete"]);
    if (upload === null) return;
    const headers = { ...authorization(world), "tus-resumable": "1.0.0" };
    const paths = ["uploads/", "chunked_upload/", "tus/"].map((door) => `/api/${door}${upload.id}`);
    const path = pick(world.chance, paths);
    await expectStatus(world, { method: "DELETE", path, headers }, [204]);
    upload.state = "deleted";
  },

  async touchDeleted(world: World): Promise<void> {
    const upload = someUpload(world, ["deleted"]);
    if (upload === null) return;
    const headers = { ...authorization(world), "tus-resumable": "1.0.0" };
    const path = pick(world.chance, ["uploads", "chunked_upload", "tus"]);
    const method = pick(world.chance, ["GET", "HEAD", "DELETE"]);
    await expectStatus(
      world,
      { method, path: `/api/${path}/${upload.id}`, headers },
      [404, 405, 410],
    );
    const call = trpcQuery(world, "uploads.status", { id: upload.id });
    await expectStatus(world, call, [404]);
    if (world.uploads.length > 12) world.uploads.splice(world.uploads.indexOf(upload), 1);
  },

  async list(world: World): Promise<void> {
    const upload = someUpload(world, ["uploading", "complete"]);
    if (upload === null) return;
    const call = trpcQuery(world, "uploads.list", { limit: world.chance.int(1, 100) });
    await expectStatus(world, call, [200]);
    const status = trpcQuery(world, "uploads.status", { id: upload.id });
    const view = trpcResult((await expectStatus(world, status, [200])).body);
    upload.size = view.size as number | null;
    upload.observe(view.received as [number, number][], view.status === "complete" ? 2 : 1);
  },
};
