import { sqliteDatabase } from "../support/temp-database.ts";
import { failureCountsContract } from "./failure-counts.contract.ts";

failureCountsContract(sqliteDatabase);
