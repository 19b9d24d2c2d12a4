import type { IHasher } from "hash-wasm";

/** Whoever has its running state in the hasher, or in `parked` while another has. */
export interface Tenant {
  /** The state while the hasher works for another; null for one that has not begun. */
  parked: Uint8Array | null;
}

/**
 * One hasher for all digests of an algorithm. An instance of its own for each would cost some
 * 130 kB of memory; changing the tenant costs a microsecond.
 */
export class SharedHasher {
  readonly #hasher: IHasher;
  #tenant: Tenant | null = null;

  constructor(hasher: IHasher) {
    this.#hasher = hasher;
  }

  update(tenant: Tenant, bytes: Uint8Array): void {
    this.#enter(tenant);
    this.#hasher.update(bytes);
  }

  save(tenant: Tenant): Uint8Array {
    this.#enter(tenant);
    return this.#hasher.save();
  }

  /** The digest so far, hex. It ends the hasher's state, so that is put back afterwards. */
  hex(tenant: Tenant): string {
    const state = this.save(tenant);
    const digest = this.#hasher.digest("hex");
    this.#hasher.load(state);
    return digest;
  }

  /** A tenant going on from a saved state; null when this build cannot read it. */
  resume(state: Uint8Array): Tenant | null {
    this.#park();
    try {
      this.#hasher.load(state);
    } catch {
      return null;
    }
    this.#tenant = { parked: null };
    return this.#tenant;
  }

  leave(tenant: Tenant): void {
    if (this.#tenant === tenant) this.#tenant = null;
    tenant.parked = null;
  }

  #enter(tenant: Tenant): void {
    if (this.#tenant === tenant) return;
    this.#park();
    if (tenant.parked === null) this.#hasher.init();
    else this.#hasher.load(tenant.parked);
    tenant.parked = null;
    this.#tenant = tenant;
  }

  #park(): void {
    if (this.#tenant !== null) this.#tenant.parked = this.#hasher.save();
    this.#tenant = null;
  }
}
