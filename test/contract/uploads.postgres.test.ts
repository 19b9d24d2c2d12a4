import { onPostgres } from "../support/on-postgres.ts";
import { uploadConcatContract } from "./upload-concat.contract.ts";
import { uploadListsContract } from "./upload-lists.contract.ts";
import { uploadSearchContract } from "./upload-search.contract.ts";
import { uploadStatsContract } from "./upload-stats.contract.ts";
import { uploadsContract } from "./uploads.contract.ts";

await onPostgres(
  uploadsContract,
  uploadListsContract,
  uploadSearchContract,
  uploadConcatContract,
  uploadStatsContract,
);
