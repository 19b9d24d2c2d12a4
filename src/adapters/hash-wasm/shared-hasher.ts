import type { IHasher } from "hash-wasm";

/** A running digest: its state is in the hasher, or in `parked` while another digest uses the hasher. */
export interface Tenant {
  /** The saved state; null while the digest uses the hasher, and before its first byte. */
  parked: Uint8Array | null;
}

/**
 * One hasher for all digests of an algorithm. One instance per digest would need about 130 kB of memory each;
 * switching between digests takes a microsecond.
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

  /** The digest so far, hex. Computing it ends the hasher's state, so the state is restored afterwards. */
  hex(tenant: Tenant): string {
    const state = this.save(tenant);
    const digest = this.#hasher.digest("hex");
    this.#hasher.load(state);
    return digest;
  }

  /** A digest that continues from a saved state; null if this build cannot read it. */
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
