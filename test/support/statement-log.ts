import { Client } from "pg";

/** Statements that no request causes: messages and checks of the link, and the outbox's turn. */
const background = /pg_notify|pg_locks|"OutboxEntry"|^SET tcp_keepalives/;

/** Records the statements that this process sends to PostgreSQL, `BEGIN` and `COMMIT` included. */
export class StatementLog implements Disposable {
  #statements: string[] = [];
  readonly #original = Client.prototype.query;

  constructor() {
    const original = this.#original;
    const note = (statement: string) => this.#statements.push(statement);
    Client.prototype.query = function (this: Client, ...args: unknown[]) {
      const [first] = args as [string | { text?: string }];
      note(typeof first === "string" ? first : String(first.text));
      return Reflect.apply(original, this, args);
    } as typeof original;
  }

  /** The statements since the last call that requests caused, each in one line. */
  take(): string[] {
    const taken = this.#statements.map((text) => text.replaceAll(/\s+/g, " ").trim());
    this.#statements = [];
    return taken.filter((text) => !background.test(text));
  }

  [Symbol.dispose](): void {
    Client.prototype.query = this.#original;
  }
}
