// Serves a demo catalog from the release binary for all browser tests, and stops it afterwards.
import { spawn } from "node:child_process";
import { resolve } from "node:path";
import { tmpdir } from "node:os";

const ADDRESS = "127.0.0.1:3999";

export default async function serve(): Promise<() => Promise<void>> {
  const binary = process.env.PHAROS ?? resolve("../target/release/pharos");
  // From another folder: the binary must need no file beside it.
  const server = spawn(binary, ["serve", "--demo", "--addr", ADDRESS], { cwd: tmpdir(), stdio: ["ignore", "ignore", "inherit"] });
  let ended = false;
  server.once("exit", () => (ended = true));
  for (let attempt = 0; attempt < 150; attempt += 1) {
    if (ended) throw new Error(`${binary} ended before it served on ${ADDRESS}`);
    const answer = await fetch(`http://${ADDRESS}/readyz`).catch(() => undefined);
    const status = answer?.ok ? await answer.json() : undefined;
    if (status?.ready && !status.rebuilding) {
      return async () => {
        if (ended) return;
        const stopped = new Promise((done) => server.once("exit", done));
        server.kill("SIGTERM");
        await stopped;
      };
    }
    await new Promise((done) => setTimeout(done, 100));
  }
  server.kill("SIGKILL");
  throw new Error(`${binary} did not serve on ${ADDRESS} within 15 seconds`);
}
