// Serves a demo catalog from the release binary for all browser tests, and stops it afterwards.
import { spawn } from "node:child_process";
import { tmpdir } from "node:os";
import { binary, ready } from "./pharos";

const ADDRESS = "127.0.0.1:3999";

export default async function serve(): Promise<() => Promise<void>> {
  if (await fetch(`http://${ADDRESS}/`).catch(() => undefined)) {
    throw new Error(`another server answers on ${ADDRESS}: stop it first`);
  }
  // From another folder: the binary must need no file beside it.
  const server = spawn(binary, ["serve", "--demo", "--addr", ADDRESS], {
    cwd: tmpdir(),
    stdio: ["ignore", "ignore", "inherit"],
    env: { ...process.env, PHAROS_LOG: "warn" },
  });
  let ended = false;
  const exit = new Promise<void>((done) => server.once("exit", () => done()));
  void exit.then(() => (ended = true));
  try {
    await ready(ADDRESS, () => !ended);
  } catch (error) {
    server.kill("SIGKILL");
    throw error;
  }
  return async () => {
    server.kill("SIGTERM");
    await exit;
  };
}
