import { createBucketStore } from "../support/bucket/bucket-store.ts";
import { chunkStoreContract } from "./chunk-store.contract.ts";

chunkStoreContract("bucket store", async () => {
  const store = createBucketStore();
  return {
    store,
    lose: (upload) => store.remove(upload),
    [Symbol.asyncDispose]: async () => undefined,
  };
});
