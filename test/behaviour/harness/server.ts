import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";

/** A loopback server that stands for the URL of an example. */
export interface FileServer {
  /** Ends in `/`, as `https://example.com/` does. */
  readonly url: string;
  /** Puts bytes at a path; without bytes the path answers 404. */
  serve(path: string, bytes?: Buffer | string): void;
  /** How many requests a path has had. */
  hits(path: string): number;
  /** Lets requests wait for an answer until `release()`. */
  hold(): void;
  release(): void;
}

/** Starts a server for the length of the running test. */
export async function startServer(): Promise<FileServer> {
  const files = new Map<string, Buffer>();
  const counts = new Map<string, number>();
  let open = Promise.resolve();
  let release = (): void => {};
  const server = createServer(async (request, response) => {
    const path = (request.url ?? "/").slice(1);
    counts.set(path, (counts.get(path) ?? 0) + 1);
    await open;
    const bytes = files.get(path);
    response.writeHead(bytes ? 200 : 404, { connection: "close" });
    response.end(bytes ?? "not here\n");
  });
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    serve(path, bytes) {
      if (bytes === undefined) files.delete(path);
      else files.set(path, Buffer.from(bytes));
    },
    hits: (path) => counts.get(path) ?? 0,
    hold() {
      open = new Promise((resolve) => {
        release = resolve;
      });
    },
    release: () => release(),
  };
}
