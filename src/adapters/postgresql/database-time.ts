/**
 * An estimate of the database's clock: its last reported time, advanced by this machine's monotonic
 * clock. The error is at most half the duration of the query.
 */
export class DatabaseTime {
  /** The database's time in ms since 1970 where `performance.now()` is 0. */
  #origin: number = performance.timeOrigin;

  now(): Date {
    return new Date(this.#origin + performance.now());
  }

  /** Reads the time of the database with `ask`. False if `ask` resolves with null. */
  async sample(ask: () => Promise<Date | null>): Promise<boolean> {
    const began = performance.now();
    const told = await ask();
    if (told === null) return false;
    this.#origin = told.getTime() - (began + performance.now()) / 2;
    return true;
  }
}
