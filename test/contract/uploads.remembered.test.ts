import { rememberedDatabase } from "../support/temp-database.ts";
import { uploadListsContract } from "./upload-lists.contract.ts";
import { uploadsContract } from "./uploads.contract.ts";

uploadsContract(rememberedDatabase);
uploadListsContract(rememberedDatabase);
