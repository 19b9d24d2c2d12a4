import type { ApiToken, Tokens } from "../../core/ports/tokens.ts";
import type { MemoryTables } from "./memory-tables.ts";

/** API tokens in memory. A revoked one is removed. */
export function createMemoryTokens(tables: MemoryTables): Tokens {
  const { tokens, users } = tables;
  const find = (id: string) => [...tokens].find(([, token]) => token.id === id);

  return {
    async create({ hash, ...fields }) {
      const made = { id: tables.ids.newId(), createdAt: tables.clock.now(), lastUsedAt: null };
      const token: ApiToken = { ...fields, ...made };
      tokens.set(hash, token);
      return token;
    },
    async findByHash(hash) {
      const token = tokens.get(hash);
      const user = users.get(token?.userId ?? "");
      return token === undefined || user === undefined ? null : { token, user };
    },
    async list(userId) {
      return [...tokens.values()]
        .filter((token) => token.userId === userId)
        .sort((a, b) => b.createdAt.getTime() - a.createdAt.getTime() || (a.id < b.id ? 1 : -1));
    },
    async revoke(userId, id) {
      const entry = find(id);
      if (entry === undefined || entry[1].userId !== userId) return false;
      return tokens.delete(entry[0]);
    },
    async revokeAll(userId) {
      const owned = [...tokens].filter(([, token]) => token.userId === userId);
      for (const [hash] of owned) tokens.delete(hash);
      return owned.length;
    },
    async touch(id, at) {
      const entry = find(id);
      if (entry !== undefined) tokens.set(entry[0], { ...entry[1], lastUsedAt: at });
    },
  };
}
