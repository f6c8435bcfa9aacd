/**
 * HMAC_DRBG with SHA-256: the random generator of everything in a machine (NIST SP 800-90A revision 1, 10.1.2).
 *
 * Deterministic on purpose: the scenario's seed is its entropy. Its state is plain data, so that going back in time
 * brings back the same random bytes.
 */

import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { concat } from './bytes';

const OUTPUT_BYTES = 32;

/** Working state: SP 800-90A's Key and V. Plain data. */
export interface DrbgState {
  readonly key: Uint8Array;
  readonly v: Uint8Array;
}

export class HmacDrbg {
  #key = new Uint8Array(OUTPUT_BYTES);
  #v = new Uint8Array(OUTPUT_BYTES).fill(1);

  /** Instantiates from entropy, nonce and personalization string (10.1.2.3). */
  constructor(
    entropy: Uint8Array,
    nonce: Uint8Array = new Uint8Array(),
    personalization: Uint8Array = new Uint8Array(),
  ) {
    this.#update(concat(entropy, nonce, personalization));
  }

  /** A generator for one purpose of a scenario: different purposes with the same seed give unrelated bytes. */
  static fromSeed(seed: string, purpose: string): HmacDrbg {
    const text = new TextEncoder();
    return new HmacDrbg(sha256(text.encode(seed)), new Uint8Array(), text.encode(purpose));
  }

  /** Random bytes; `additional` input is mixed in before and after (10.1.2.5). */
  generate(count: number, additional: Uint8Array = new Uint8Array()): Uint8Array<ArrayBuffer> {
    if (additional.length > 0) this.#update(additional);
    const bytes = new Uint8Array(count);
    for (let at = 0; at < count; at += OUTPUT_BYTES) {
      this.#v = hmac(sha256, this.#key, this.#v);
      bytes.set(this.#v.subarray(0, Math.min(OUTPUT_BYTES, count - at)), at);
    }
    this.#update(additional);
    return bytes;
  }

  /** A random number of 64 bits. */
  generate64(): bigint {
    return new DataView(this.generate(8).buffer).getBigUint64(0);
  }

  /** Mixes new entropy or stirred-in data into the state (10.1.2.4). */
  reseed(entropy: Uint8Array, additional: Uint8Array = new Uint8Array()): void {
    this.#update(concat(entropy, additional));
  }

  save(): DrbgState {
    return { key: this.#key.slice(), v: this.#v.slice() };
  }

  restore(state: DrbgState): void {
    this.#key = new Uint8Array(state.key);
    this.#v = new Uint8Array(state.v);
  }

  /** HMAC_DRBG_Update (10.1.2.2). */
  #update(data: Uint8Array): void {
    for (const round of data.length === 0 ? [0] : [0, 1]) {
      this.#key = hmac(sha256, this.#key, concat(this.#v, Uint8Array.of(round), data));
      this.#v = hmac(sha256, this.#key, this.#v);
    }
  }
}
