/** Short texts about the database, by name; lost when the process ends. */
export interface MemoryFacts {
  read(key: string): Promise<string | null>;
  add(key: string, value: string): Promise<boolean>;
  write(key: string, value: string): Promise<void>;
}

export function createMemoryFacts(): MemoryFacts {
  const facts = new Map<string, string>();
  return {
    read: async (key) => facts.get(key) ?? null,
    async add(key, value) {
      if (facts.has(key)) return false;
      facts.set(key, value);
      return true;
    },
    async write(key, value) {
      facts.set(key, value);
    },
  };
}
