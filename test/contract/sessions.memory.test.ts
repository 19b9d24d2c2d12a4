import { memoryDatabase } from "../support/temp-database.ts";
import { sessionsContract } from "./sessions.contract.ts";

sessionsContract(memoryDatabase);
