import { sqliteDatabase } from "../support/temp-database.ts";
import { outboxContract } from "./outbox.contract.ts";

outboxContract(sqliteDatabase);
