import { bytes, metadata } from "../bytes.ts";
import { type Check, NotSeen, want } from "../check.ts";
import { exchange } from "../exchange.ts";

const extension = "our contract";
const clause = "tus 1.0.0 — /api/tus";

/** What this service promises beyond the protocol: the requests and answers themselves. */
export const contractChecks: readonly Check[] = [
  {
    id: "contract/offer",
    level: "MUST",
    extension,
    clause,
    text: "OPTIONS is answered 204 with every extension and algorithm of this service",
    async run({ offer }) {
      want(offer.answer.status === 204, offer.answer.seen());
      const wanted = ["creation", "creation-with-upload", "creation-defer-length", "expiration"];
      wanted.push("checksum", "termination", "concatenation");
      for (const name of wanted) {
        want(offer.extensions.includes(name), offer.answer.seen("tus-extension"));
      }
      const algorithms = [...offer.algorithms].sort().join(" ");
      want(algorithms === "crc32 md5 sha1 sha256", offer.answer.seen("tus-checksum-algorithm"));
    },
  },
  {
    id: "contract/missing-version",
    level: "MUST",
    extension,
    clause,
    text: "a request without Tus-Resumable is answered 412 with Tus-Version",
    async run(target) {
      const url = await target.create({ "Upload-Length": "10" });
      const headers = { "Tus-Resumable": null };
      const answers = [await target.post({ "Upload-Length": "10", ...headers })];
      answers.push(await target.send(url, { method: "HEAD", headers }));
      answers.push(await target.patch(url, { offset: 0, body: bytes(10), headers }));
      answers.push(await target.send(url, { method: "DELETE", headers }));
      for (const answer of answers) {
        want(answer.status === 412, answer.seen("tus-version"));
        want(answer.header("tus-version") === "1.0.0", answer.seen("tus-version"));
      }
      const offset = await target.offsetOf(url);
      want(offset === 0, `the offset became ${offset}`);
    },
  },
  {
    id: "contract/location",
    level: "MUST",
    extension,
    clause,
    text: "Location is absolute, below the creation URL, without a slash at its end",
    async run(target) {
      const base = target.url.replace(/\/$/, "");
      for (const fields of [{ "Upload-Length": "10" }, { "Upload-Defer-Length": "1" }]) {
        const answer = await target.post(fields);
        const location = answer.header("location") ?? "";
        const rest = location.startsWith(`${base}/`) ? location.slice(base.length + 1) : "";
        want(/^[^/]+$/.test(rest), answer.seen("location"));
      }
    },
  },
  {
    id: "contract/trailing-slash",
    level: "MUST",
    extension,
    clause,
    text: "every URL works with a slash at its end, without a redirect",
    async run(target) {
      const headers = { "Upload-Length": "10" };
      const at = `${target.url.replace(/\/$/, "")}/`;
      const made = await target.send(at, { method: "POST", headers, body: bytes(0) });
      want(made.status === 201, made.seen());
      const url = `${target.locate(made)}/`;
      const patched = await target.patch(url, { offset: 0, body: bytes(4) });
      want(patched.status === 204, patched.seen());
      const head = await target.head(url);
      want(head.header("upload-offset") === "4", head.seen());
      const gone = await target.send(url, { method: "DELETE" });
      want(gone.status === 204, gone.seen());
    },
  },
  {
    id: "contract/expires",
    level: "MUST",
    extension,
    clause,
    text: "creation and PATCH tell Upload-Expires",
    async run(target) {
      const made = await target.post({ "Upload-Length": "10" });
      want(made.header("upload-expires") !== undefined, made.seen("upload-expires"));
      const url = target.locate(made);
      const answer = await target.patch(url, { offset: 0, body: bytes(4) });
      want(answer.header("upload-expires") !== undefined, answer.seen("upload-expires"));
    },
  },
  {
    id: "contract/metadata",
    level: "MUST",
    extension,
    clause,
    text: "an empty Upload-Metadata is accepted; keys that our metadata may not have do no harm, and HEAD tells all",
    async run(target) {
      const empty = await target.post({ "Upload-Length": "10", "Upload-Metadata": "" });
      want(empty.status === 201, `empty: ${empty.seen()}`);
      const odd = metadata({ filename: "a.txt", constructor: "x", "a/b": "y", __proto__x: "z" });
      const value = `${odd},__proto__ eA==`;
      const url = await target.create({ "Upload-Length": "10", "Upload-Metadata": value });
      const head = await target.head(url);
      want(head.header("upload-metadata") === value, head.seen("upload-metadata"));
    },
  },
  {
    id: "contract/complete",
    level: "MUST",
    extension,
    clause,
    text: "PATCH of a complete upload: another offset 409, at its end empty 204, at its end with bytes 400",
    async run(target) {
      const url = await target.create({ "Upload-Length": "10" }, bytes(10));
      const [at, before, behind] = [10, 4, 12];
      for (const offset of [before, behind]) {
        const answer = await target.patch(url, { offset, body: bytes(2) });
        want(answer.status === 409, `offset ${offset}: ${answer.seen()}`);
      }
      const empty = await target.patch(url, { offset: at, body: bytes(0) });
      want(empty.status === 204, `empty: ${empty.seen()}`);
      want(empty.header("upload-offset") === "10", `empty: ${empty.seen()}`);
      const more = await target.patch(url, { offset: at, body: bytes(2) });
      want(more.status === 400, `with bytes: ${more.seen()}`);
    },
  },
  {
    id: "contract/methods-and-paths",
    level: "MUST",
    extension,
    clause: "Errors",
    text: "PUT of an upload is 405, a path with a malformed escape 400, an unknown upload 404",
    async run(target) {
      const url = await target.create({ "Upload-Length": "10" });
      const put = await target.send(url, { method: "PUT" });
      want(put.status === 405, put.seen("allow"));
      const malformed = await target.head(`${target.url}/%zz`);
      want(malformed.status === 400, malformed.seen());
      const unknown = await target.head(`${target.url}/00000000-0000-4000-8000-000000000000`);
      want(unknown.status === 404, unknown.seen());
    },
  },
  {
    id: "contract/strangers",
    level: "MUST",
    extension,
    clause: "Errors (UNAUTHENTICATED, NOT_FOUND)",
    text: "nobody: 401; somebody else: 404 on HEAD, PATCH and DELETE",
    async run(target) {
      const { stranger } = target;
      if (stranger === null) throw new NotSeen("no token of somebody else was given");
      const url = await target.create({ "Upload-Length": "10" });
      const nobody = { Authorization: null };
      const unsigned = [await target.post({ "Upload-Length": "10", ...nobody })];
      unsigned.push(await target.send(url, { method: "HEAD", headers: nobody }));
      unsigned.push(await target.patch(url, { offset: 0, body: bytes(10), headers: nobody }));
      for (const answer of unsigned) want(answer.status === 401, `nobody: ${answer.seen()}`);
      const strange = [await stranger.head(url)];
      strange.push(await stranger.patch(url, { offset: 0, body: bytes(10) }));
      strange.push(await stranger.send(url, { method: "DELETE" }));
      for (const answer of strange) want(answer.status === 404, `somebody else: ${answer.seen()}`);
      const offset = await target.offsetOf(url);
      want(offset === 0, `the offset became ${offset}`);
    },
  },
  {
    id: "contract/cross-origin",
    level: "MUST",
    extension,
    clause,
    text: "pages of another origin may send every request, and read every header, of tus",
    async run(target) {
      const url = await target.create({ "Upload-Length": "10" });
      const origin = { Origin: "https://elsewhere.example" };
      const names = "authorization,content-type,tus-resumable,upload-checksum,upload-concat,";
      const asked = `${names}upload-defer-length,upload-length,upload-metadata,upload-offset,x-http-method-override,x-request-id`;
      for (const [at, method] of [
        [target.url, "POST"],
        [url, "PATCH"],
        [url, "DELETE"],
        [url, "HEAD"],
      ] as const) {
        const answer = await exchange(at, {
          method: "OPTIONS",
          headers: {
            ...origin,
            "Access-Control-Request-Method": method,
            "Access-Control-Request-Headers": asked,
          },
        });
        const allowed = (answer.header("access-control-allow-headers") ?? "").toLowerCase();
        const seen = answer.seen("access-control-allow-methods", "access-control-allow-headers");
        want(answer.status === 204, seen);
        want(answer.header("access-control-allow-origin") === "*", seen);
        want((answer.header("access-control-allow-methods") ?? "").includes(method), seen);
        for (const name of asked.split(",")) want(allowed.includes(name), seen);
      }
      const head = await target.send(url, { method: "HEAD", headers: origin });
      const exposed = (head.header("access-control-expose-headers") ?? "").toLowerCase();
      for (const name of ["upload-offset", "upload-length", "location", "tus-extension"]) {
        want(exposed.split(/\s*,\s*/).includes(name), head.seen("access-control-expose-headers"));
      }
    },
  },
];
