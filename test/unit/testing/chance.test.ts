import { describe, expect, test } from "vitest";
import { everyPoint, somePoints } from "../../../src/testing/points.js";
import { randomOf } from "../../../src/testing/random.js";

describe("random numbers", () => {
  const draw = (...place: [number, ...number[]]): number[] => {
    const random = randomOf(...place);
    return Array.from({ length: 1000 }, random);
  };

  test("are the same for the same seed and place, and others for any other", () => {
    expect(draw(1, 2)).toEqual(draw(1, 2));
    const firsts = [draw(1), draw(2), draw(1, 0), draw(1, 1), draw(2, 1)].map(([first]) => first);
    expect(new Set(firsts).size).toBe(5);
  });

  test("are from 0 to below 1, and in every part of it", () => {
    const all = draw(3);
    expect(Math.min(...all)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...all)).toBeLessThan(1);
    const parts = new Set(all.map((one) => Math.floor(one * 10)));
    expect(parts.size).toBe(10);
  });
});

describe("kill points", () => {
  /** Takes experiments of a call that has `last` points, `ahead` at a time. */
  function taken(points: (at: Parameters<typeof everyPoint>[0]) => Iterable<unknown>, last: number, ahead = 1) {
    const tried: number[] = [];
    const waiting: (() => void)[] = [];
    const at = (point: number, ended: () => void) => {
      tried.push(point);
      if (point > last) waiting.push(ended);
      return { title: "", run: async () => {} };
    };
    let pulled = 0;
    for (const _ of points(at)) {
      pulled += 1;
      if (pulled % ahead === 0) for (const ended of waiting.splice(0)) ended();
    }
    return tried;
  }

  test("are all tried, up to the first that nothing comes to", () => {
    expect(taken(everyPoint, 4)).toEqual([1, 2, 3, 4, 5]);
    expect(taken(everyPoint, 0)).toEqual([1]);
  });

  test("are all tried, when several are tried at once", () => {
    expect(taken(everyPoint, 4, 3)).toEqual([1, 2, 3, 4, 5, 6]);
  });

  test.each([1, 5, 40, 100])("some are tried, none twice: %i of 40", (most) => {
    const tried = taken((at) => somePoints(most, randomOf(9), at), 40);
    expect(new Set(tried).size).toBe(tried.length);
    const reached = tried.filter((point) => point <= 40);
    expect(reached).toHaveLength(Math.min(most, 40));
  });

  test("some are tried of a call that has none", () => {
    expect(taken((at) => somePoints(3, randomOf(9), at), 0)).toEqual([1]);
  });
});
