import { sqliteDatabase } from "../support/temp-database.ts";
import { usersContract } from "./users.contract.ts";

usersContract(sqliteDatabase);
