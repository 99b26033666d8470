import { mkdirSync, mkdtempSync, realpathSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Holder } from "./holder.js";
import type { LayeredView } from "./layers.js";
import { NamespaceRoot } from "./namespace-root.js";
import { removeTree } from "./remove.js";
import { SandboxError, type Root, type Sandbox, type SandboxOptions } from "./sandbox.js";
import { makeShared } from "./shared-folder.js";

/** What makes the roots of one kind. */
export interface RootMaker {
  readonly kind: string;
  /** Where the file system that roots begin with is seen. */
  readonly lower: string;
  /**
   * Makes a root with the home of `namespace-root.ts` in it, below a folder
   * of its own that is there. Throws a SandboxError where that cannot be.
   */
  make(request: MakeRequest): Promise<{ holder: Holder; view: LayeredView }>;
  close(): Promise<void>;
}

export interface MakeRequest {
  readonly place: string;
  readonly shared: string;
  /** From 1: how many process ids are used up before, so that they differ. */
  readonly count: number;
}

/** A kind of sandbox whose roots have a file system and processes of their own. */
export class NamespaceSandbox implements Sandbox {
  readonly kind: string;
  readonly mayLackNetwork: boolean;
  store: "sqlite" | "journal" = "sqlite";
  readonly #maker: RootMaker;
  readonly #folder: string;
  readonly #path: string;
  readonly #options: SandboxOptions;
  readonly #roots = new Set<NamespaceRoot>();
  #count = 0;
  #keeps = false;

  private constructor(options: SandboxOptions, folder: string, maker: RootMaker) {
    this.kind = maker.kind;
    this.mayLackNetwork = !options.network;
    this.#maker = maker;
    this.#folder = folder;
    this.#options = options;
    this.#path = makeShared(join(folder, "shared"), maker.lower, options);
  }

  /**
   * Makes it, and one root to see that it can be made. Throws a SandboxError
   * that says what is missing. `makerOf` may use the folder that it gets.
   */
  static async open(
    options: SandboxOptions,
    makerOf: (folder: string) => Promise<RootMaker>,
  ): Promise<NamespaceSandbox> {
    const folder = realpathSync(mkdtempSync(join(tmpdir(), "waymark-prove-")));
    let maker: RootMaker | undefined;
    try {
      maker = await makerOf(folder);
      const sandbox = new NamespaceSandbox(options, folder, maker);
      await sandbox.#tryOut();
      return sandbox;
    } catch (error) {
      await maker?.close();
      removeTree(folder);
      throw error;
    }
  }

  async #tryOut(): Promise<void> {
    const root = await this.root();
    const has = async (program: string): Promise<boolean> => {
      const ask = ["/bin/sh", "-c", 'command -v "$1"', "sh", program];
      return (await root.start(ask).result).exit === 0;
    };
    const [shell = ""] = this.#options.shell;
    const [hasShell, hasSqlite] = [await has(shell), await has("sqlite3")];
    await root.dispose(false);
    this.store = hasSqlite ? "sqlite" : "journal";
    if (hasShell) return;
    throw new SandboxError(`there is no shell ${shell} in the sandbox`, "name one with --shell CMD");
  }

  async root(): Promise<Root> {
    const [path, options, count] = [this.#path, this.#options, (this.#count += 1)];
    const [place, shared] = [join(this.#folder, `${count}`.padStart(6, "0")), join(this.#folder, "shared")];
    mkdirSync(place);
    const { holder, view } = await this.#maker.make({ place, shared, count });
    const remove = (keep: boolean): void => {
      this.#roots.delete(root);
      this.#keeps ||= keep;
      if (!keep) removeTree(place);
    };
    const root = new NamespaceRoot({ place, shared, path, holder, view, options, remove });
    this.#roots.add(root);
    return root;
  }

  async close(): Promise<void> {
    for (const root of [...this.#roots]) await root.dispose(false);
    await this.#maker.close();
    if (!this.#keeps) removeTree(this.#folder);
  }
}
