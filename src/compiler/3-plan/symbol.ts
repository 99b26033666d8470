/**
 * Ids as tails of shell function names. Other characters than letters and
 * digits become `_`; where two ids then agree, the later gets a number.
 */
export function symbolsFor(ids: readonly string[]): Map<string, string> {
  const symbols = new Map<string, string>();
  const taken = new Set<string>();
  // An id that is a symbol already keeps it, whatever stands before it.
  for (const id of ids) {
    if (!/[^A-Za-z0-9_]/.test(id)) taken.add(id);
  }
  const counts = new Map<string, number>();
  for (const id of ids) {
    const base = id.replace(/[^A-Za-z0-9_]/g, "_");
    let symbol = base;
    if (base !== id) {
      let count = counts.get(base) ?? 1;
      while (taken.has(symbol)) symbol = `${base}_${++count}`;
      counts.set(base, count);
      taken.add(symbol);
    }
    symbols.set(id, symbol);
  }
  return symbols;
}
