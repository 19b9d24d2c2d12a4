import Uppy from "@uppy/core";
import Dashboard from "@uppy/dashboard";
import Tus from "@uppy/tus";
import "@uppy/core/css/style.min.css";
import "@uppy/dashboard/css/style.min.css";
import { beforeRequest } from "./gate.ts";

export interface UppyUpload {
  readonly name: string | undefined;
  readonly url: string | undefined;
}

const uploaded: UppyUpload[] = [];

/** Creates a dashboard that uploads to `endpoint`. */
function begin(options: {
  endpoint: string;
  headers: Record<string, string>;
  chunkSize: number;
}): void {
  const uppy = new Uppy();
  uppy.use(Dashboard, { inline: true, target: "#files" });
  uppy.use(Tus, { retryDelays: [0, 100, 1_000], onBeforeRequest: beforeRequest, ...options });
  uppy.on("upload-success", (file, response) => {
    uploaded.push({ name: file?.name, url: response.uploadURL });
  });
}

Object.assign(globalThis, { begin, uploaded });
