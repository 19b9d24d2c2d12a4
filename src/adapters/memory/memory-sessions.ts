import type { Session, Sessions } from "../../core/ports/sessions.ts";
import type { MemoryTables } from "./memory-tables.ts";

/** Browser sessions in memory. */
export function createMemorySessions(tables: MemoryTables): Sessions {
  const { sessions, users } = tables;

  function end(session: Session, at: Date): void {
    sessions.set(session.id, { ...session, endedAt: at });
  }

  return {
    async create({ userId, expiresAt }) {
      const id = tables.ids.newId();
      const session = { id, userId, createdAt: tables.clock.now(), expiresAt, endedAt: null };
      sessions.set(id, session);
      return session;
    },
    async find(id) {
      const session = sessions.get(id);
      const user = users.get(session?.userId ?? "");
      return session === undefined || user === undefined ? null : { session, user };
    },
    async extend(id, expiresAt) {
      const session = sessions.get(id);
      if (session?.endedAt === null) sessions.set(id, { ...session, expiresAt });
    },
    async end(id, at) {
      const session = sessions.get(id);
      if (session?.endedAt !== null) return false;
      end(session, at);
      return true;
    },
    async endAll(userId, { at, except }) {
      const live = [...sessions.values()].filter(
        (session) => session.userId === userId && session.endedAt === null && session.id !== except,
      );
      for (const session of live) end(session, at);
      return live.length;
    },
    async prune(before) {
      const expired = [...sessions.values()].filter(({ expiresAt }) => expiresAt < before);
      for (const { id } of expired) sessions.delete(id);
      return expired.length;
    },
  };
}
