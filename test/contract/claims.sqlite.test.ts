import { sqliteDatabase } from "../support/temp-database.ts";
import { claimsContract } from "./claims.contract.ts";

claimsContract(sqliteDatabase);
