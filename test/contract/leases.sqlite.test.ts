import { sqliteDatabase } from "../support/temp-database.ts";
import { leasesContract } from "./leases.contract.ts";

leasesContract(sqliteDatabase);
