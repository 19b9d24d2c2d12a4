import { onPostgres } from "../support/on-postgres.ts";
import { failureCountsContract } from "./failure-counts.contract.ts";

await onPostgres(failureCountsContract);
