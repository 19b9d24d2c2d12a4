import { sqliteDatabase } from "../support/temp-database.ts";
import { uploadListsContract } from "./upload-lists.contract.ts";
import { uploadsContract } from "./uploads.contract.ts";

uploadsContract(sqliteDatabase);
uploadListsContract(sqliteDatabase);
