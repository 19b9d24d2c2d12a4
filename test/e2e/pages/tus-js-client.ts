import { Upload, type UploadOptions } from "tus-js-client";
import { beforeRequest } from "./gate.ts";

/** The options of `upload`. */
export interface PageUpload extends Pick<UploadOptions, "chunkSize" | "parallelUploads"> {
  readonly endpoint: string;
  readonly headers: Record<string, string>;
  /** As a stream of unknown length. */
  readonly stream?: boolean;
  /** With the visitor's cookies. */
  readonly withCredentials?: boolean;
  /** Do not resume earlier uploads of the same file. */
  readonly fresh?: boolean;
}

/** Uploads the file of the page's input and returns the upload's URL. */
function upload({ stream, withCredentials, fresh, ...options }: PageUpload): Promise<string> {
  return new Promise((resolve, reject) => {
    const file = document.querySelector("input")?.files?.[0];
    if (file === undefined) throw new Error("No file was chosen.");
    const source = stream === true ? file.stream().getReader() : file;
    const upload = new Upload(source, {
      retryDelays: [0, 100, 1_000],
      metadata: { filename: file.name, filetype: file.type },
      uploadLengthDeferred: stream === true,
      ...options,
      async onBeforeRequest(request) {
        if (withCredentials === true) request.getUnderlyingObject().withCredentials = true;
        await beforeRequest(request);
      },
      onSuccess: () => resolve(upload.url ?? ""),
      onError: (error) => reject(new Error(error.message)),
    });
    upload.findPreviousUploads().then(([previous]) => {
      if (previous !== undefined && fresh !== true) upload.resumeFromPreviousUpload(previous);
      upload.start();
    }, reject);
  });
}

Object.assign(globalThis, { upload });
