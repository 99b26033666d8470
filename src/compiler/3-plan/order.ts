/**
 * Declaration order, moved only where depends_on asks: again and again the
 * first item whose dependencies are all done. They exist and have no circle.
 */
export function stableOrder<T>(
  items: readonly T[],
  idOf: (item: T) => string,
  dependenciesOf: (item: T) => readonly string[],
): T[] {
  const indexOf = new Map(items.map((item, index) => [idOf(item), index]));
  const dependents: number[][] = items.map(() => []);
  const open = items.map((item, index) => {
    const wanted = new Set(dependenciesOf(item));
    for (const id of wanted) dependents[indexOf.get(id) as number]?.push(index);
    return wanted.size;
  });

  const ready = new IndexHeap();
  open.forEach((count, index) => {
    if (count === 0) ready.push(index);
  });
  const ordered: T[] = [];
  for (let index = ready.pop(); index !== undefined; index = ready.pop()) {
    ordered.push(items[index] as T);
    for (const dependent of dependents[index] as number[]) {
      const left = (open[dependent] as number) - 1;
      open[dependent] = left;
      if (left === 0) ready.push(dependent);
    }
  }
  return ordered;
}

/** A binary heap: the lowest index first, in logarithmic time. */
class IndexHeap {
  readonly #heap: number[] = [];

  push(value: number): void {
    const heap = this.#heap;
    let at = heap.push(value) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if ((heap[parent] as number) <= value) break;
      heap[at] = heap[parent] as number;
      at = parent;
    }
    heap[at] = value;
  }

  pop(): number | undefined {
    const heap = this.#heap;
    const lowest = heap[0];
    const moved = heap.pop();
    if (lowest === undefined || moved === undefined || heap.length === 0) {
      return lowest;
    }
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      const right = child + 1;
      if (right < heap.length && (heap[right] as number) < (heap[child] as number)) {
        child = right;
      }
      if ((heap[child] as number) >= moved) break;
      heap[at] = heap[child] as number;
      at = child;
    }
    heap[at] = moved;
    return lowest;
  }
}
