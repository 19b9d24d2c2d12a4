import { createUploadClient } from "../../src/client/node/index.ts";

// A process of its own that sends one file and says where it stands, one JSON value a line.
const [url = "", token = "", resume = "", path = ""] = process.argv.slice(2);
const say = (what: unknown) => process.stdout.write(`${JSON.stringify(what)}\n`);

const client = createUploadClient({ url, token, resume });
let told = "";
const upload = client.upload(path, {
  chunkSize: 65_536,
  onProgress: ({ phase, hold, acknowledged }) => {
    const now = hold ?? (phase === "uploading" && acknowledged === 0 ? "beginning" : phase);
    if (now !== told) say(now);
    told = now;
  },
});
const { id, checksum } = await upload.done;
say({ id, checksum, resumedFrom: upload.snapshot().resumedFrom });
