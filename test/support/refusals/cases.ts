import { createHash } from "node:crypto";
import { TUS_TYPE } from "../tus-client.ts";

type Headers = Readonly<Record<string, string>>;

/** A request with a body that the server must refuse. */
export interface RefusedRequest {
  readonly method: string;
  readonly path: string;
  /** Without `Content-Length`, which the sender adds. */
  readonly headers: Headers;
  readonly body: Buffer;
}

export interface RefusalCase {
  readonly door: "trpc" | "chunks" | "drf" | "tus";
  /** What is wrong: a status, or "offset" where its status differs from door to door. */
  readonly stage: string;
  readonly status: number;
  /** Smaller bodies, in bytes, are not refused at this stage. */
  readonly from: number;
  readonly request: (body: Buffer) => RefusedRequest;
}

/** What the cases need of the application: a token, and unfinished uploads of 64 MiB without a byte. */
export interface RefusalScene {
  readonly token: string;
  readonly chunks: string;
  readonly drf: string;
  readonly tus: string;
}

/** Bytes of the uploads of a scene. */
export const UPLOAD_BYTES = 64 * 2 ** 20;
/** `CHUNKED_UPLOAD_MAX_BYTES` of the application under test. */
export const LARGEST_UPLOAD = 128 * 2 ** 20;

const UNKNOWN = "00000000-0000-4000-8000-000000000000";
const BOUNDARY = "the-end-of-a-part";
const JSON_TYPE = { "content-type": "application/json" };
const NOBODY = { authorization: "Bearer nobody" };

/** One refusal per stage of every door. */
export function refusalCases(scene: RefusalScene): RefusalCase[] {
  const bearer = { authorization: `Bearer ${scene.token}` };
  return [
    ...trpcCases(bearer),
    ...chunksCases(bearer, scene.chunks),
    ...drfCases(bearer, scene.drf),
    ...tusCases(bearer, scene.tus),
  ];
}

function trpcCases(bearer: Headers): RefusalCase[] {
  const call = (name: string, headers: Headers) => (body: Buffer) => ({
    ...{ method: "POST", path: `/api/trpc/${name}`, body },
    headers: { ...JSON_TYPE, ...headers },
  });
  const door = "trpc";
  return [
    { door, stage: "401", status: 401, from: 0, request: call("uploads.init", NOBODY) },
    { door, stage: "413", status: 413, from: 2 ** 20 + 1, request: call("uploads.init", bearer) },
  ];
}

function chunksCases(bearer: Headers, id: string): RefusalCase[] {
  const put = (target: string, headers: Headers, start = 0) => {
    return (body: Buffer) => ({
      ...{ method: "PUT", path: `/api/uploads/${target}`, body },
      headers: { "content-type": "application/octet-stream", ...range(body, start), ...headers },
    });
  };
  const coded = { ...bearer, "content-encoding": "gzip" };
  const door = "chunks";
  return [
    { door, stage: "401", status: 401, from: 0, request: put(id, NOBODY) },
    { door, stage: "404", status: 404, from: 0, request: put(UNKNOWN, bearer) },
    { door, stage: "offset", status: 400, from: 0, request: put(id, bearer, 4096) },
    { door, stage: "415", status: 415, from: 0, request: put(id, coded) },
  ];
}

function drfCases(bearer: Headers, id: string): RefusalCase[] {
  const put = (target: string, headers: Headers, start = 0) => {
    return (bytes: Buffer) => ({
      ...{ method: "PUT", path: `/api/chunked_upload/${target}/`, body: form(bytes) },
      headers: {
        "content-type": `multipart/form-data; boundary=${BOUNDARY}`,
        ...range(bytes, start),
        ...headers,
      },
    });
  };
  const door = "drf";
  return [
    { door, stage: "401", status: 401, from: 0, request: put(id, NOBODY) },
    { door, stage: "404", status: 404, from: 0, request: put(UNKNOWN, bearer) },
    { door, stage: "offset", status: 400, from: 0, request: put(id, bearer, 4096) },
  ];
}

function tusCases(bearer: Headers, id: string): RefusalCase[] {
  const common = { "tus-resumable": "1.0.0", "content-type": TUS_TYPE };
  const patch = (target: string, headers: Headers) => (body: Buffer) => ({
    ...{ method: "PATCH", path: `/api/tus/${target}`, body },
    headers: { ...common, "upload-offset": "0", ...headers },
  });
  const create = (headers: Headers) => (body: Buffer) => ({
    ...{ method: "POST", path: "/api/tus", body },
    headers: { ...common, ...headers },
  });
  const digest = createHash("sha1").update("another body").digest("base64");
  const wrongDigest = { ...bearer, "upload-checksum": `sha1 ${digest}` };
  const tooLarge = { ...bearer, "upload-length": String(LARGEST_UPLOAD + 1) };
  const wrongOffset = { ...bearer, "upload-offset": "1" };
  const door = "tus";
  return [
    { door, stage: "401", status: 401, from: 0, request: patch(id, NOBODY) },
    { door, stage: "404", status: 404, from: 0, request: patch(UNKNOWN, bearer) },
    { door, stage: "offset", status: 409, from: 0, request: patch(id, wrongOffset) },
    { door, stage: "413", status: 413, from: 0, request: create(tooLarge) },
    { door, stage: "415", status: 415, from: 0, request: patch(id, { ...bearer, ...JSON_TYPE }) },
    { door, stage: "460", status: 460, from: 0, request: patch(id, wrongDigest) },
  ];
}

function range(body: Buffer, start: number): Headers {
  return { "content-range": `bytes ${start}-${start + body.length - 1}/${UPLOAD_BYTES}` };
}

function form(body: Buffer): Buffer {
  const head = `--${BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n`;
  return Buffer.concat([Buffer.from(head), body, Buffer.from(`\r\n--${BOUNDARY}--\r\n`)]);
}
