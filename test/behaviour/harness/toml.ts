/** Variables as `environment` has them, by their names. */
export type TestEnvironment = Readonly<Record<string, string | TestVariable>>;

export interface TestVariable {
  readonly default?: string;
  readonly from_env?: boolean | string | readonly string[];
  readonly required?: boolean;
  readonly validate?: string;
  readonly secret?: boolean;
}

/** A step of a test's installer.toml; the keys are those of the TOML. */
export interface TestStep {
  readonly id: string;
  readonly name?: string;
  readonly depends_on?: readonly string[];
  readonly when?: string | undefined;
  readonly unless?: string;
  readonly preconditions?: object;
  readonly postconditions?: object;
  /** The text of `[step.script]`; a step without it is a `verify` step. */
  readonly run?: string;
  readonly interpreter?: string;
  readonly errexit?: boolean;
  readonly checkpoint?: {
    readonly enabled?: boolean;
    readonly rollback?: string;
    readonly state_files?: readonly string[];
    readonly atomic?: boolean;
    readonly snapshot?: boolean;
    readonly irreversible?: boolean;
  };
  readonly timing?: {
    readonly timeout?: string;
    readonly retry?: {
      readonly count?: number;
      readonly delay?: string;
      readonly backoff?: string;
      readonly jitter?: boolean | string;
    };
  };
  readonly on_failure?: {
    readonly action?: string;
    readonly message?: string;
    readonly preserve_state?: boolean;
  };
  readonly environment?: TestEnvironment;
  readonly exports?: readonly string[];
  readonly verify?: readonly { readonly cmd: string; readonly expect?: string }[];
}

export interface TestInstaller {
  readonly name?: string;
  readonly version?: string;
  readonly description?: string;
  /** The keys of `[installer.requirements]`. */
  readonly requirements?: Readonly<Record<string, string | boolean | readonly string[]>>;
  readonly environment?: TestEnvironment;
  readonly steps: readonly TestStep[];
}

/** The text of an installer.toml: `demo` 1.0.0 with these steps. */
export function installerToml(installer: TestInstaller): string {
  const { steps, ...head } = installer;
  const table = { name: "demo", version: "1.0.0", ...head };
  return `[installer]\n${keys(table)}${steps.map(stepToml).join("")}`;
}

function stepToml(step: TestStep): string {
  const { run, interpreter, errexit, checkpoint, verify, preconditions, postconditions, ...head } = step;
  const action = run === undefined ? "verify" : "script";
  const parts = [`\n[[step]]\n`, keys({ name: step.id, action, ...head })];
  if (checkpoint) parts.push("[step.checkpoint]\n", keys(checkpoint));
  if (preconditions) parts.push("[step.preconditions]\n", keys(preconditions));
  if (postconditions) parts.push("[step.postconditions]\n", keys(postconditions));
  if (run !== undefined) {
    parts.push("[step.script]\n", keys({ interpreter, errexit, content: run }));
  }
  if (verify) parts.push("[step.verification]\n", `commands = ${value(verify)}\n`);
  return parts.join("");
}

function keys(table: object): string {
  return Object.entries(table)
    .filter(([, one]) => one !== undefined)
    .map(([key, one]) => `${key} = ${value(one)}\n`)
    .join("");
}

function value(one: unknown): string {
  if (typeof one === "string") return basicString(one);
  if (Array.isArray(one)) return `[${one.map(value).join(", ")}]`;
  if (typeof one !== "object" || one === null) return String(one);
  const pairs = Object.entries(one).map(([key, v]) => `${key} = ${value(v)}`);
  return `{ ${pairs.join(", ")} }`;
}

/** A TOML basic string: JSON's escapes are TOML's, but for DEL. */
function basicString(text: string): string {
  return JSON.stringify(text).replaceAll("\x7f", "\\u007f");
}

/** Shell text by which a step leaves a word in `Sandbox.trace()`. */
export function trace(word: string): string {
  return `echo ${word} >>"$TEST_SANDBOX/trace"\n`;
}

/** Shell text that waits: `Sandbox.reached(name)`, then `Sandbox.go()`. */
export function pause(name: string): string {
  return `: >"$TEST_SANDBOX/at-${name}"
while [ ! -e "$TEST_SANDBOX/go" ]; do sleep 0.05; done
`;
}

/** Shell text that fails for as long as `~/NAME` is not there. */
export function needs(name: string): string {
  return `[ -e "$HOME/${name}" ] || { echo "no ${name}" >&2; exit 3; }\n`;
}
