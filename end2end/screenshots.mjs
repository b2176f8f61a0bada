// Takes the pictures of the README from the demo catalog.
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { chromium } from "@playwright/test";

const SHOTS = [
  { name: "depots", path: "/resources/depots" },
  { name: "runtime", path: "/resources/depots/salesraw/runtime" },
  { name: "overview-dark", path: "/", colorScheme: "dark" },
  { name: "phone", path: "/resources/depots", viewport: { width: 390, height: 844 } },
];
const MOST = 250_000;
const SITE = "http://127.0.0.1:3998";

const binary = process.env.PHAROS ?? resolve("../target/release/pharos");
const server = spawn(binary, ["serve", "--demo", "--addr", "127.0.0.1:3998"], {
  stdio: ["ignore", "ignore", "inherit"],
  env: { ...process.env, PHAROS_LOG: "warn" },
});
const ended = new Promise((done) => server.once("exit", done));
const executablePath = ["/usr/bin/chromium", "/usr/bin/chromium-browser"].find((path) => existsSync(path));
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"] });
try {
  await ready();
  mkdirSync("screenshots", { recursive: true });
  for (const { name, path, colorScheme = "light", viewport = { width: 1280, height: 800 } } of SHOTS) {
    const page = await browser.newPage({ colorScheme, viewport });
    await page.goto(SITE + path);
    await page.waitForSelector("html[data-hydrated=true]");
    const file = `screenshots/${name}.png`;
    await page.screenshot({ path: file });
    await page.close();
    const { size } = statSync(file);
    console.log(`${file}: ${size} bytes`);
    if (size > MOST) throw new Error(`${file} is larger than ${MOST} bytes`);
  }
} finally {
  await browser.close();
  server.kill("SIGTERM");
  await ended;
}

async function ready() {
  for (let attempt = 0; attempt < 150; attempt += 1) {
    const answer = await fetch(`${SITE}/readyz`).catch(() => undefined);
    const status = answer?.ok ? await answer.json() : undefined;
    if (status?.ready && !status.rebuilding) return;
    if (server.exitCode !== null) break;
    await new Promise((done) => setTimeout(done, 100));
  }
  throw new Error(`${binary} did not serve on ${SITE}`);
}
