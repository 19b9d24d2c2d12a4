import { randomUUID } from "node:crypto";
import type { Ids } from "../../core/ports/system.ts";

/** Random version 4 UUIDs from the system's generator. */
export const randomIds: Ids = { newId: () => randomUUID() };
