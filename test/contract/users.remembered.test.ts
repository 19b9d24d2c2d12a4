import { rememberedDatabase } from "../support/temp-database.ts";
import { usersContract } from "./users.contract.ts";

usersContract(rememberedDatabase);
