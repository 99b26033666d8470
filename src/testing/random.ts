/**
 * Numbers from 0 to below 1 that a seed and a place determine: the nth
 * experiment draws the same, in whatever order the experiments run.
 */
export function randomOf(seed: number, ...place: readonly number[]): () => number {
  let state = place.reduce((sum, one) => mixed(sum ^ mixed(one)), mixed(seed));
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    return mixed(state) / 2 ** 32;
  };
}

/** The finalizer of MurmurHash3: each bit of 32 depends on all others. */
function mixed(value: number): number {
  let bits = value | 0;
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}
