import { onPostgres } from "../support/on-postgres.ts";
import { sessionsContract } from "./sessions.contract.ts";

await onPostgres(sessionsContract);
