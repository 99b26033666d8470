/** A TOML value as the fuzz test makes it, before it is written. */
export type Value = string | number | boolean | Raw | Value[] | Table;

export type Table = Map<string, Value>;

/** Text that is written as it is: dates, other numbers, what is no TOML. */
export class Raw {
  constructor(readonly text: string) {}
}

/** A table of the keys that have a value. */
export function table(entries: Readonly<Record<string, Value | undefined>>): Table {
  const given = Object.entries(entries).filter(([, value]) => value !== undefined);
  return new Map(given as [string, Value][]);
}

/** A place in a document: its value can be read, changed, renamed and taken out. */
export interface Spot {
  readonly above: Table | Value[];
  readonly key: string | number;
  readonly value: Value;
}

/** Each place of a document, tables and lists before what is in them. */
export function spotsOf(above: Table | Value[]): Spot[] {
  const entries: [string | number, Value][] = [...above.entries()];
  return entries.flatMap(([key, value]) => {
    const spot = { above, key, value };
    const inner = value instanceof Map || Array.isArray(value);
    return inner ? [spot, ...spotsOf(value)] : [spot];
  });
}

/** Puts a value in a place, the order of keys unchanged. */
export function replace({ above, key }: Spot, value: Value): void {
  if (above instanceof Map) above.set(String(key), value);
  else above[key as number] = value;
}

export function takeOut({ above, key }: Spot): void {
  if (above instanceof Map) above.delete(String(key));
  else above.splice(key as number, 1);
}
