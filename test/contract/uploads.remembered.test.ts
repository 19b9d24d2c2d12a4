import { rememberedDatabase } from "../support/temp-database.ts";
import { uploadListsContract } from "./upload-lists.contract.ts";
import { uploadSearchContract } from "./upload-search.contract.ts";
import { uploadStatsContract } from "./upload-stats.contract.ts";
import { uploadsContract } from "./uploads.contract.ts";

uploadsContract(rememberedDatabase);
uploadListsContract(rememberedDatabase);
uploadSearchContract(rememberedDatabase);
uploadStatsContract(rememberedDatabase);
