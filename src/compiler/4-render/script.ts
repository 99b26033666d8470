import type { Plan } from "../3-plan/plan.js";

/** What the render phase makes: the text of install.sh, not yet checked. */
export interface Script {
  readonly plan: Plan;
  /** The whole of install.sh. */
  readonly text: string;
  /** The functions of the runtime that the file actions of the steps call. */
  readonly calls: readonly string[];
  /** What the here-document carries, and what the host keeps as its copy. */
  readonly body: string;
}
