import { memoryDatabase } from "../support/temp-database.ts";
import { uploadConcatContract } from "./upload-concat.contract.ts";
import { uploadListsContract } from "./upload-lists.contract.ts";
import { uploadSearchContract } from "./upload-search.contract.ts";
import { uploadStatsContract } from "./upload-stats.contract.ts";
import { uploadsContract } from "./uploads.contract.ts";

uploadsContract(memoryDatabase);
uploadListsContract(memoryDatabase);
uploadSearchContract(memoryDatabase);
uploadConcatContract(memoryDatabase);
uploadStatsContract(memoryDatabase);
