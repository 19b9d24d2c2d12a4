import { onPostgres } from "../support/on-postgres.ts";
import { tokensContract } from "./tokens.contract.ts";

await onPostgres(tokensContract);
