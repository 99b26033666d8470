/** A process whose namespaces a root's calls enter. */
export interface Holder {
  readonly pid: number;
  /** Ends it and, with it, all that runs in its process namespace. */
  stop(): Promise<void>;
}

/** The file in its /tmp by which a holder says that it is ready. */
export const READY = ".waymark-ready";

/** Ids that a root's number is apart from the next one's. */
const APART = 13;

/**
 * The command of a holder. It uses up process ids first, so many as no root
 * before or after it does: what depends on them must differ between roots,
 * or nobody would see that it does.
 */
export function holderCommand(count: number): readonly string[] {
  const text =
    'while [ "$1" -gt 0 ]; do (:); set -- "$(($1 - 1))"; done' +
    `; : >/tmp/${READY}; while :; do sleep 3600; done`;
  return ["/bin/sh", "-c", text, "sh", String((count * APART) % 97)];
}
