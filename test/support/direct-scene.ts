import type { Socket } from "node:net";
import {
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  PutBucketCorsCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { openWasmHasher } from "../../src/client/hashers.ts";
import { type BootedApp, type BootOptions, bootApp } from "./boot-app.ts";
import { type S3Server, s3Settings, startS3Server } from "./s3-server.ts";

const BUCKET = "files";

/** An application over a bucket of a real S3 service. */
export interface DirectScene extends AsyncDisposable {
  readonly app: BootedApp;
  readonly s3: S3Server;
  /** Another application over another prefix of the same bucket. */
  boot(options: BootOptions): Promise<BootedApp>;
  /** Keys of finished files, and of multipart uploads that are not ended. */
  left(): Promise<{ files: string[]; multiparts: string[] }>;
  /** Lets pages of these origins send parts; of any when left out. */
  allowOrigins(origins?: readonly string[]): Promise<void>;
}

export async function openDirectScene(): Promise<DirectScene> {
  const s3 = await startS3Server();
  await s3.createBucket(BUCKET);
  const client = new S3Client({
    region: "us-east-1",
    endpoint: s3.endpoint,
    forcePathStyle: true,
    credentials: { accessKeyId: s3.accessKeyId, secretAccessKey: s3.secretAccessKey },
  });
  const boot = ({ env, ...options }: BootOptions) =>
    bootApp({
      ...options,
      env: { ...s3Settings(s3, BUCKET), S3_PREFIX: crypto.randomUUID(), ...env },
    });
  const app = await boot({});
  return {
    app,
    s3,
    boot,
    async left() {
      const objects = await client.send(new ListObjectsV2Command({ Bucket: BUCKET }));
      const multiparts = await client.send(new ListMultipartUploadsCommand({ Bucket: BUCKET }));
      const keys = (found: readonly { Key?: string | undefined }[] = []) =>
        found.map(({ Key = "" }) => Key).filter((key) => key.includes("/chunked_uploads/"));
      return { files: keys(objects.Contents), multiparts: keys(multiparts.Uploads) };
    },
    async allowOrigins(origins = ["*"]) {
      const rule = {
        AllowedOrigins: [...origins],
        AllowedMethods: ["PUT"],
        AllowedHeaders: ["*"],
        ExposeHeaders: ["ETag"],
      };
      const CORSConfiguration = { CORSRules: [rule] };
      await client.send(new PutBucketCorsCommand({ Bucket: BUCKET, CORSConfiguration }));
    },
    async [Symbol.asyncDispose]() {
      await app[Symbol.asyncDispose]();
      client.destroy();
      await s3[Symbol.asyncDispose]();
    },
  };
}

/** The CRC-64/NVME of the bytes, lower-case hex. */
export async function crc64(bytes: Uint8Array): Promise<string> {
  const hasher = await openWasmHasher("crc64nvme");
  hasher.update(bytes);
  return hasher.digest();
}

/** Counts the bytes of the connections to the server that begin from now on, both ways. */
export function countTraffic({ server }: BootedApp): () => number {
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => sockets.add(socket));
  return () =>
    [...sockets].reduce((sum, socket) => sum + socket.bytesRead + socket.bytesWritten, 0);
}
