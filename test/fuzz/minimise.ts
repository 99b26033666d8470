/**
 * A smaller text of which `fails` is true still: without the lines, and then
 * the characters, that do not matter. At most `tries` texts are asked about.
 */
export async function minimised(
  bytes: Buffer,
  fails: (candidate: Buffer) => Promise<boolean>,
  tries = 150,
): Promise<Buffer> {
  // Each byte is a character of its own, whatever it means.
  let best = bytes.toString("latin1");
  let left = tries;
  for (const joint of ["\n", ""]) {
    for (let size = Math.ceil(best.split(joint).length / 2); size >= 1 && left > 0; ) {
      let smaller = false;
      for (let at = 0; at < best.split(joint).length && left > 0; ) {
        const parts = best.split(joint);
        const candidate = [...parts.slice(0, at), ...parts.slice(at + size)].join(joint);
        left -= 1;
        if (candidate !== best && (await fails(Buffer.from(candidate, "latin1")))) {
          best = candidate;
          smaller = true;
        } else {
          at += size;
        }
      }
      if (!smaller || size === 1) size = size === 1 ? 0 : Math.floor(size / 2);
    }
  }
  return Buffer.from(best, "latin1");
}
