/**
 * A seeded source of choices. A case has one of its own, made of the seed and
 * its number alone: so it can be made again without those before it.
 */
export class Random {
  #state: number;

  constructor(seed: number, caseNumber: number) {
    this.#state = (mixed(seed) + Math.imul(caseNumber, 0x9e3779b9)) | 0;
  }

  /** A whole number from 0 up to, and without, `limit`. */
  below(limit: number): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    return Math.floor((mixed(this.#state) / 0x1_0000_0000) * limit);
  }

  between(least: number, most: number): number {
    return least + this.below(most - least + 1);
  }

  /** True once in `times`, on the average. */
  oneIn(times: number): boolean {
    return this.below(times) === 0;
  }

  pick<T>(from: readonly T[]): T {
    if (from.length === 0) throw new Error("there is nothing to pick from");
    return from[this.below(from.length)] as T;
  }

  /** Of pairs of a weight and a value, one by its weight. */
  weighted<T>(from: readonly (readonly [weight: number, value: T])[]): T {
    let left = this.below(from.reduce((sum, [weight]) => sum + weight, 0));
    for (const [weight, value] of from) {
      left -= weight;
      if (left < 0) return value;
    }
    throw new Error("there is nothing to pick from");
  }

  /** The same items in another order. */
  shuffled<T>(from: readonly T[]): T[] {
    const items = [...from];
    for (let end = items.length - 1; end > 0; end--) {
      const other = this.below(end + 1);
      [items[end], items[other]] = [items[other] as T, items[end] as T];
    }
    return items;
  }

  /** `count` results of a function. */
  times<T>(count: number, make: () => T): T[] {
    return Array.from({ length: count }, make);
  }
}

/** All bits of a number in all bits of another, from 0 to 2^32-1. */
function mixed(value: number): number {
  let bits = value | 0;
  bits = Math.imul(bits ^ (bits >>> 16), 0x21f0aaad);
  bits = Math.imul(bits ^ (bits >>> 15), 0x735a2d97);
  return (bits ^ (bits >>> 15)) >>> 0;
}
