import { sqliteDatabase } from "../support/temp-database.ts";
import { uploadConcatContract } from "./upload-concat.contract.ts";
import { uploadListsContract } from "./upload-lists.contract.ts";
import { uploadSearchContract } from "./upload-search.contract.ts";
import { uploadStatsContract } from "./upload-stats.contract.ts";
import { uploadsContract } from "./uploads.contract.ts";

uploadsContract(sqliteDatabase);
uploadListsContract(sqliteDatabase);
uploadSearchContract(sqliteDatabase);
uploadConcatContract(sqliteDatabase);
uploadStatsContract(sqliteDatabase);
