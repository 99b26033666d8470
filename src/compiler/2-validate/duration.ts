const UNITS = /^(?:(\d{1,6})h)?(?:(\d{1,6})m)?(?:(\d{1,6})s)?$/;

/** The seconds of `30s`, `10m`, `1h` or `1h30m`; undefined for any other text. */
export function parseDuration(text: string): number | undefined {
  const found = UNITS.exec(text);
  if (found === null || text === "") return undefined;
  const [hours, minutes, seconds] = found.slice(1).map((digits) => Number(digits ?? 0));
  return (hours as number) * 3600 + (minutes as number) * 60 + (seconds as number);
}

/** A duration that reads like what was meant: `30 sec` is `30s`. */
export function nearestDuration(text: string): string | undefined {
  const found = /^\s*(\d{1,6})\s*(h|m|s|$)/i.exec(text);
  if (found === null || /^\s*\d+\s*ms/i.test(text)) return undefined;
  return `${found[1]}${(found[2] || "s").toLowerCase()}`;
}
