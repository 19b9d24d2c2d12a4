import type { Chance } from "../support/random-file.ts";
import { Violation } from "./model.ts";
import { expectStatus, pick, someUpload, type World } from "./world.ts";

/** Every status that a malformed or unauthorized request may get; no 5xx is among them. */
const refusals = Array.from({ length: 100 }, (_, at) => 400 + at);
const anything = [200, 201, 204, 206, 207, 304, 308, ...refusals];

const methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PURGE", "PROPFIND"];
const ids = [
  ...[
    "",
    "x",
    "%00",
    "%2e%2e",
    "..",
    "00000000-0000-4000-8000-000000000000",
    "%E0%A4%A",
    "a/b",
    "é",
  ],
  "'; DROP TABLE x;--",
];
const values = [
  ...["", "0", "-1", "1", "1e3", "9007199254740993", "9".repeat(400), "bytes 0-0/1", "bytes */5"],
  ...["application/json", "multipart/form-data", "multipart/form-data; boundary=b", "gzip", "null"],
  ...["partial", "final;/api/tus/x", "final;", "sha1 AAAA", "filename w6Q=", "*", "\u00e9"],
];
const names = [
  ...["content-range", "content-type", "content-encoding", "upload-offset", "upload-length"],
  ...["upload-defer-length", "upload-metadata", "upload-concat", "upload-checksum", "range"],
  ...["content-digest", "tus-resumable", "if-range", "if-none-match", "x-http-method-override"],
  ...["expect-nothing", "origin", "accept", "x-forwarded-host", "x-request-id"],
];
const bodies = [
  ...["", "{", "null", "[]", '{"json":{}}', '{"json":{"__proto__":{}}}', '{"0":{"json":null}}'],
  ...['{"json":{"id":1e400}}', "--b\r\n\r\n\r\n--b--", "--b\r\nContent-Disposition: form-data\r\n"],
  ...["md5=%", "\u0000\u0001", "a=1&".repeat(2_000)],
];

function somePath(world: World): string {
  const { chance } = world;
  const id =
    chance.next() < 0.5 ? pick(chance, ids) : (someUpload(world, ["uploading"])?.id ?? "x");
  const procedure = pick(chance, [
    "uploads.init",
    "uploads.status",
    "admin.stats",
    "tokens.list",
    "no",
  ]);
  return pick(chance, [
    ...[`/api/uploads/${encodeId(id)}`, `/api/uploads/${encodeId(id)}/file`, "/api/uploads"],
    ...[`/api/chunked_upload/${encodeId(id)}/`, "/api/chunked_upload", `/api/tus/${encodeId(id)}`],
    ...["/api/tus/", `/api/trpc/${procedure}`, `/api/trpc/${procedure}?batch=1&input=%7B`],
    ...[`/api/trpc/${procedure},${procedure}?batch=1`, "/api/trpc", "/api/health", "/api/nothing"],
  ]);
}

/** A request line holds no spaces and only ASCII: Node's client refuses to send anything else. */
function encodeId(id: string): string {
  return id.startsWith("%") ? id : encodeURI(id);
}

function someHeaders(chance: Chance): Record<string, string> {
  const headers: Record<string, string> = {};
  for (let left = chance.int(0, 4); left > 0; left -= 1) {
    headers[pick(chance, names)] = pick(chance, values);
  }
  return headers;
}

/** Moves of clients that are mistaken, malicious or not authorized. None may change an upload. */
export const hostileMoves = {
  async nonsense(world: World): Promise<void> {
    const { chance } = world;
    const method = pick(chance, methods);
    const path = somePath(world);
    // A well-formed DELETE is no nonsense: it would delete an upload of the model.
    const mayReach =
      method === "DELETE" || method === "POST" || method === "PUT" || method === "PATCH";
    const token = chance.next() < 0.5 ? world.strangerToken : world.token;
    const authorization = mayReach ? `Bearer ${world.strangerToken}` : `Bearer ${token}`;
    const hasBody = !["GET", "HEAD", "DELETE", "OPTIONS"].includes(method);
    const ask = {
      ...{ method, path },
      headers: { ...someHeaders(chance), authorization },
      ...(hasBody ? { body: Buffer.from(pick(chance, bodies)) } : {}),
    };
    await expectStatus(world, ask, anything);
  },

  async stranger(world: World): Promise<void> {
    const upload = someUpload(world, ["uploading", "complete"]);
    if (upload === null) return;
    const { chance } = world;
    const method = pick(chance, ["GET", "HEAD", "PUT", "DELETE", "PATCH"]);
    const door = pick(chance, ["uploads", "chunked_upload", "tus"]);
    const isNobody = chance.next() < 0.3;
    const headers = {
      ...(isNobody ? {} : { authorization: `Bearer ${world.strangerToken}` }),
      "tus-resumable": "1.0.0",
      "content-type": "application/offset+octet-stream",
      ...{ "upload-offset": "0", "content-range": "bytes 0-9/10" },
    };
    const hasBody = method === "PUT" || method === "PATCH";
    const body = hasBody ? { body: new Uint8Array(10) } : {};
    const statuses = isNobody ? [401, 405] : [400, 404, 405, 415];
    const ask = { method, path: `/api/${door}/${upload.id}`, headers, ...body };
    await expectStatus(world, ask, statuses);
  },

  async notHttp(world: World): Promise<void> {
    const { chance } = world;
    const lines = [
      ...[
        "GET / HTTP/1.1\r\n\r\n",
        "GET /api/health HTTP/9.9\r\n\r\n",
        "\u0000\u0001\u0002\r\n\r\n",
      ],
      "POST /api/tus HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n",
      "POST /api/tus HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
      "PUT /api/uploads/x HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
      "GET /%zz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    ];
    const text = pick(chance, lines);
    const response = await world.connection.raw(Buffer.from(text, "latin1"));
    world.tally.count({ method: "RAW", path: "" }, Number(response.slice(9, 12)) || 0);
    if (/^HTTP\/1.1 5/.test(response)) throw new Violation(`${JSON.stringify(text)}: ${response}`);
  },
};
