import {
  AbortMultipartUploadCommand,
  CreateMultipartUploadCommand,
  S3Client,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import type { S3Server } from "../support/s3-server.ts";

/** A multipart upload by the SDK alone: what an upload through the server is compared with. */
export interface PlainMultipart {
  /** Sends the part with this number, counted from 0. */
  send(number: number, bytes: Uint8Array): Promise<void>;
  abort(): Promise<void>;
}

export async function plainMultipart(server: S3Server, bucket: string): Promise<PlainMultipart> {
  const { endpoint, accessKeyId, secretAccessKey } = server;
  const client = new S3Client({
    ...{ region: "us-east-1", endpoint, forcePathStyle: true },
    credentials: { accessKeyId, secretAccessKey },
  });
  const object = { Bucket: bucket, Key: "plain" };
  const { UploadId } = await client.send(new CreateMultipartUploadCommand(object));
  const upload = { ...object, UploadId };
  return {
    async send(number, bytes) {
      await client.send(new UploadPartCommand({ ...upload, PartNumber: number + 1, Body: bytes }));
    },
    async abort() {
      await client.send(new AbortMultipartUploadCommand(upload));
      client.destroy();
    },
  };
}
