import { memoryDatabase } from "../support/temp-database.ts";
import { leasesContract } from "./leases.contract.ts";

leasesContract(memoryDatabase);
