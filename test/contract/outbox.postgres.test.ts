import { onPostgres } from "../support/on-postgres.ts";
import { outboxContract } from "./outbox.contract.ts";

await onPostgres(outboxContract);
