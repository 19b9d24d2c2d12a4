import { onPostgres } from "../support/on-postgres.ts";
import { leasesContract } from "./leases.contract.ts";

await onPostgres(leasesContract);
