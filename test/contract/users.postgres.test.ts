import { onPostgres } from "../support/on-postgres.ts";
import { usersContract } from "./users.contract.ts";

await onPostgres(usersContract);
