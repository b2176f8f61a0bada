// Runs the release binary for tests that need a catalog of their own.
import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

export const binary = process.env.PHAROS ?? resolve("../target/release/pharos");

/** A catalog in a folder of its own. */
export class Catalog {
  private stopServer: () => Promise<void> = async () => {};
  private host?: string;

  private constructor(private readonly folder: string) {}

  static async empty(): Promise<Catalog> {
    return new Catalog(await mkdtemp(join(tmpdir(), "pharos-browser-")));
  }

  private get database(): string {
    return `sqlite://${join(this.folder, "pharos.db")}`;
  }

  /** Imports what the platform printed; gives back what the command said. */
  async import(text: string, ...options: string[]): Promise<string> {
    const command = spawn(binary, ["import", "--database", this.database, ...options, "-"], { cwd: this.folder });
    let said = "";
    command.stdout.on("data", (part) => (said += part));
    command.stderr.on("data", (part) => (said += part));
    const ended = new Promise<number | null>((done) => command.once("close", done));
    command.stdin.end(text);
    const code = await ended;
    if (code !== 0) throw new Error(`import ended with ${code}: ${said}`);
    return said.trim();
  }

  /** Serves the catalog, always at the same address; gives it back once the server answers whole. */
  async serve(): Promise<string> {
    const host = (this.host ??= `127.0.0.1:${await freePort()}`);
    const server = spawn(binary, ["serve", "--database", this.database, "--addr", host], {
      cwd: this.folder,
      stdio: ["ignore", "ignore", "inherit"],
      env: { ...process.env, PHAROS_LOG: "warn" },
    });
    let running = true;
    const ended = new Promise<void>((done) => server.once("exit", () => done()));
    void ended.then(() => (running = false));
    this.stopServer = async () => {
      server.kill("SIGTERM");
      await ended;
    };
    await ready(host, () => running);
    return `http://${host}`;
  }

  /** Stops the server. */
  async stop(): Promise<void> {
    await this.stopServer();
    this.stopServer = async () => {};
  }

  async remove(): Promise<void> {
    await this.stopServer();
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** Waits until a server has its index whole. */
export async function ready(host: string, running: () => boolean): Promise<void> {
  for (let attempt = 0; attempt < 150; attempt += 1) {
    if (!running()) throw new Error(`${binary} ended before it served on ${host}`);
    const answer = await fetch(`http://${host}/readyz`).catch(() => undefined);
    const status = answer?.ok ? await answer.json() : undefined;
    if (status?.ready && !status.rebuilding && status.indexed_seq === status.stored_seq) return;
    await new Promise((done) => setTimeout(done, 100));
  }
  throw new Error(`${binary} did not serve on ${host} within 15 seconds`);
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((done) => probe.listen(0, "127.0.0.1", done));
  const address = probe.address();
  await new Promise((done) => probe.close(done));
  if (!address || typeof address === "string") throw new Error("there is no free port");
  return address.port;
}
