import { onPostgres } from "../support/on-postgres.ts";
import { claimsContract } from "./claims.contract.ts";

await onPostgres(claimsContract);
