// Runs Lighthouse against the release server and fails below the scores that pages have to reach.
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import * as chromeLauncher from "chrome-launcher";
import lighthouse from "lighthouse";
import { CHROMIUM_FLAGS } from "./setup/chromium.mjs";

const LEAST = { performance: 95, accessibility: 100, "best-practices": 100, seo: 100 };
const PATHS = ["/", "/resources/depots", "/resources/depots/salesraw"];

const binary = process.env.PHAROS ?? resolve("../target/release/pharos");
const chromePath = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find((path) => existsSync(path));

const port = await new Promise((done) => {
  const probe = createServer().listen(0, "127.0.0.1", () => {
    const { port } = probe.address();
    probe.close(() => done(port));
  });
});
const site = `http://127.0.0.1:${port}`;
const server = spawn(binary, ["serve", "--demo", "--addr", `127.0.0.1:${port}`], {
  stdio: ["ignore", "ignore", "inherit"],
  env: { ...process.env, PHAROS_LOG: "warn" },
});
const ended = new Promise((done) => server.once("exit", done));
const userDataDir = mkdtempSync(join(tmpdir(), "pharos-lighthouse-"));
let chrome;
let failed = false;
try {
  await ready();
  chrome = await chromeLauncher.launch({
    chromePath,
    userDataDir,
    chromeFlags: ["--headless=new", ...CHROMIUM_FLAGS],
  });
  console.log("| page | performance | accessibility | best practices | SEO |");
  console.log("|---|---|---|---|---|");
  const shortcomings = [];
  for (const path of PATHS) {
    const { lhr } = await lighthouse(site + path, {
      port: chrome.port,
      logLevel: "error",
      onlyCategories: Object.keys(LEAST),
    });
    const scores = Object.keys(LEAST).map((category) => Math.round((lhr.categories[category].score ?? 0) * 100));
    console.log(`| \`${path}\` | ${scores.join(" | ")} |`);
    for (const [place, [category, least]] of Object.entries(LEAST).entries()) {
      if (scores[place] >= least) continue;
      const audits = lhr.categories[category].auditRefs
        .filter(({ id, weight }) => weight > 0 && (lhr.audits[id].score ?? 1) < 0.9)
        .map(({ id }) => `${id}${lhr.audits[id].displayValue ? ` (${lhr.audits[id].displayValue})` : ""}`);
      shortcomings.push(`${path}: ${category} is ${scores[place]}, at least ${least} is wanted: ${audits.join(", ")}`);
    }
  }
  for (const shortcoming of shortcomings) console.error(shortcoming);
  failed = shortcomings.length > 0;
} finally {
  await chrome?.kill();
  server.kill("SIGTERM");
  await ended;
  rmSync(userDataDir, { recursive: true, force: true });
}
process.exitCode = failed ? 1 : 0;

async function ready() {
  for (let attempt = 0; attempt < 150; attempt += 1) {
    const answer = await fetch(`${site}/readyz`).catch(() => undefined);
    const status = answer?.ok ? await answer.json() : undefined;
    if (status?.ready && !status.rebuilding) return;
    if (server.exitCode !== null) break;
    await new Promise((done) => setTimeout(done, 100));
  }
  throw new Error(`${binary} did not serve on ${site}`);
}
