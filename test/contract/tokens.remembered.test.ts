import { rememberedDatabase } from "../support/temp-database.ts";
import { tokensContract } from "./tokens.contract.ts";

tokensContract(rememberedDatabase);
