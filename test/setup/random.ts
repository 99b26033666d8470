import { randomOf } from "../../src/testing/random.js";

/**
 * A seeded source of choices. With a place, the number of a case, it is that
 * case's own: so it can be made again without those before it.
 */
export class Random {
  readonly #next: () => number;

  constructor(seed: number, ...place: readonly number[]) {
    this.#next = randomOf(seed, ...place);
  }

  /** A whole number from 0 up to, and without, `limit`. */
  below(limit: number): number {
    return Math.floor(this.#next() * limit);
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
