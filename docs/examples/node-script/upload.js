// node upload.js film.mp4: sends one file. Run it again after an interruption to continue.
import { createUploadClient, UploadFailure } from "trpc-chunked-upload/client";

const { UPLOAD_URL = "http://localhost:3000", UPLOAD_TOKEN = "" } = process.env;
const [path] = process.argv.slice(2);
if (path === undefined || UPLOAD_TOKEN === "") {
  console.error("Usage: UPLOAD_TOKEN=up_… node upload.js FILE");
  process.exit(2);
}

const client = createUploadClient({ url: UPLOAD_URL, token: UPLOAD_TOKEN });
const upload = client.upload(path, {
  metadata: { sentBy: "node-script" },
  onProgress: ({ acknowledged, size }) => {
    if (size) process.stderr.write(`\r${Math.floor((100 * acknowledged) / size)} %`);
  },
});

// Ctrl-C keeps what the server has: the next run sends only the rest.
process.once("SIGINT", () => {
  upload.pause();
  console.error("\nStopped. Run the same command again to continue.");
  process.exit(130);
});

try {
  const { id, checksum, checksumAlgorithm, fileUrl } = await upload.done;
  console.log(JSON.stringify({ id, [checksumAlgorithm]: checksum, fileUrl }));
} catch (error) {
  if (!(error instanceof UploadFailure)) throw error;
  console.error(`\n${error.code}: ${error.message}`);
  process.exit(1);
}
