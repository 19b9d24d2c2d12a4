export type { FoundFile } from "./read-drop.ts";
export {
  type Dropzone,
  type InputProps,
  type RootProps,
  UploadDropzone,
  type UploadDropzoneProps,
} from "./upload-dropzone.tsx";
export { useUpload, type Watchable } from "./use-upload.ts";
export {
  type QueueSource,
  type Uploads,
  type UseUploadsOptions,
  useUploads,
} from "./use-uploads.ts";
