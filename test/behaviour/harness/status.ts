import { z } from "zod";

const stateFile = z.object({
  path: z.string(),
  kind: z.string(),
  drift: z.enum(["same", "changed", "missing"]),
});

const step = z.object({
  ord: z.int(),
  id: z.string(),
  name: z.string(),
  status: z.enum([
    "pending",
    "running",
    "completed",
    "failed",
    "skipped",
    "rolled_back",
  ]),
  checkpoint: z.boolean(),
  settled: z.boolean(),
  attempt: z.int(),
  started_at: z.union([z.string(), z.number(), z.null()]),
  ended_at: z.union([z.string(), z.number(), z.null()]),
  duration_ms: z.union([z.number(), z.null()]),
  exit_code: z.union([z.int(), z.null()]),
  state_files: z.array(stateFile),
});

const status = z.object({
  installer: z.string(),
  version: z.string(),
  dir: z.string(),
  run: z
    .object({
      id: z.union([z.string(), z.int()]),
      status: z.enum([
        "running",
        "completed",
        "failed",
        "aborted",
        "rolled_back",
      ]),
      started_at: z.union([z.string(), z.number()]),
      ended_at: z.union([z.string(), z.number(), z.null()]),
      exit_code: z.union([z.int(), z.null()]),
      interrupted: z.boolean(),
    })
    .nullable(),
  steps: z.array(step),
});

/** What `status --json` says. */
export type Status = z.infer<typeof status>;
export type StatusStep = z.infer<typeof step>;

/** Parses it; a key too few is a failure. */
export function parseStatus(json: string): Status {
  return status.parse(JSON.parse(json));
}

/** `{ step id: status }`, the form most tests ask for. */
export function statuses(of: Status): Record<string, string> {
  return Object.fromEntries(of.steps.map((one) => [one.id, one.status]));
}

/** The step of this id. */
export function stepOf(of: Status, id: string): StatusStep {
  const found = of.steps.find((one) => one.id === id);
  if (!found) throw new Error(`status names no step "${id}"`);
  return found;
}
