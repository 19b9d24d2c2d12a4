import { fork } from "node:child_process";
import { once } from "node:events";
import path from "node:path";

type Row = Readonly<Record<string, string | number | null>>;
type Reply = { id: number; rows: Row[] } | { id: number; problem: string };

/** Another process with a connection to the same SQLite file, such as a database browser. */
export interface SecondProcess extends AsyncDisposable {
  /** Runs one statement and returns its rows. It waits for no lock. Rejects with SQLite's message. */
  run(sql: string): Promise<readonly Row[]>;
}

export async function secondProcess(file: string): Promise<SecondProcess> {
  const child = fork(path.join(import.meta.dirname, "second-process.mjs"), [file], {
    execArgv: [],
    env: { PATH: process.env.PATH, NODE_ENV: process.env.NODE_ENV },
  });
  const pending = new Map<number, (reply: Reply) => void>();
  let last = 0;
  child.on("message", (reply: Reply) => pending.get(reply.id)?.(reply));
  return {
    run(sql) {
      last += 1;
      const id = last;
      return new Promise((resolve, reject) => {
        pending.set(id, (reply) => {
          pending.delete(id);
          if ("rows" in reply) resolve(reply.rows);
          else reject(new Error(reply.problem));
        });
        child.send({ id, sql });
      });
    },
    async [Symbol.asyncDispose]() {
      const ended = once(child, "exit");
      child.disconnect();
      await ended;
    },
  };
}
