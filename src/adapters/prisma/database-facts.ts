import type { DatabaseClient } from "./database-client.ts";
import { isUniqueViolation, translateFailures } from "./database-failures.ts";

/** Short texts about the database itself, by name. Every method throws UNAVAILABLE when it is away. */
export interface DatabaseFacts {
  /** The fact's value; null when it is not recorded. */
  read(key: string): Promise<string | null>;
  /** Records a fact that is not recorded yet. False when it is: the recorded value stays. */
  add(key: string, value: string): Promise<boolean>;
  /** Records a fact, in place of an older value. */
  write(key: string, value: string): Promise<void>;
}

export function createDatabaseFacts(client: DatabaseClient): DatabaseFacts {
  const table = client.databaseFact;
  return translateFailures<DatabaseFacts>({
    async read(key) {
      return (await table.findUnique({ where: { key } }))?.value ?? null;
    },
    async add(key, value) {
      try {
        await table.create({ data: { key, value } });
        return true;
      } catch (error) {
        if (isUniqueViolation(error)) return false;
        throw error;
      }
    },
    async write(key, value) {
      await table.upsert({ where: { key }, create: { key, value }, update: { value } });
    },
  });
}
