import { memoryDatabase } from "../support/temp-database.ts";
import { claimsContract } from "./claims.contract.ts";

claimsContract(memoryDatabase);
