// Takes pictures of the demo catalog: those of the README, or with `--all` every kind of page in every form, to look at.
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, statSync } from "node:fs";
import { createServer } from "node:net";
import { resolve } from "node:path";
import { chromium } from "@playwright/test";
import { CHROMIUM_FLAGS } from "./setup/chromium.mjs";

const README = [
  { name: "depots", path: "/resources/depots" },
  { name: "runtime", path: "/resources/depots/salesraw/runtime" },
  { name: "overview-dark", path: "/", form: { colorScheme: "dark" } },
  { name: "phone", path: "/resources/depots", form: { viewport: { width: 390, height: 844 } } },
];
const MOST = 250_000;

const PAGES = [
  { name: "overview", path: "/" },
  { name: "all", path: "/resources" },
  { name: "depots", path: "/resources/depots" },
  { name: "filtered", path: "/resources/services?state=active&workspace=public" },
  { name: "search", path: "/resources?q=sales" },
  { name: "preview", path: "/resources/services?preview=services/public.orders-api" },
  { name: "search-empty", path: "/resources/depots?q=qqqxxxzzz" },
  { name: "details", path: "/resources/services/public.orders-api" },
  { name: "runtime", path: "/resources/services/public.orders-api/runtime" },
  { name: "events", path: "/resources/services/public.orders-api/events" },
  { name: "manifest", path: "/resources/services/public.orders-api/manifest" },
  { name: "failed", path: "/resources/services/sandbox.misspelt-stack" },
  { name: "lens-runtime", path: "/resources/lenses/public.data-product-insights/runtime" },
  { name: "sources", path: "/sources" },
  { name: "not-found", path: "/resources/depots/salesrwa" },
  { name: "error", path: "/resources?after=nowhere" },
  { name: "api", path: "/api", isPlain: true },
  { name: "help", path: "/", open: (page) => page.getByRole("button", { name: "Keyboard shortcuts and settings" }).click() },
  {
    name: "suggestions",
    path: "/",
    open: async (page) => {
      await page.getByRole("combobox", { name: "Search Resources" }).fill("sales");
      await page.getByRole("listbox", { name: "Suggestions" }).getByRole("option").first().waitFor();
    },
  },
];
const PHONE = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2 };
const FORMS = {
  "1440-light": { viewport: { width: 1440, height: 900 } },
  "1280-dark": { viewport: { width: 1280, height: 800 }, colorScheme: "dark" },
  "1920-light": { viewport: { width: 1920, height: 1080 } },
  "phone-light": PHONE,
  "phone-dark": { ...PHONE, colorScheme: "dark" },
  "no-script": { viewport: { width: 1280, height: 800 }, javaScriptEnabled: false },
  "forced-colors": { viewport: { width: 1280, height: 800 }, colorScheme: "dark", forcedColors: "active" },
};
// What is longer is cut: nobody looks at twenty rows more.
const LONGEST = 2_400;

const all = process.argv.includes("--all");
const binary = process.env.PHAROS ?? resolve("../target/release/pharos");
const host = `127.0.0.1:${await freePort()}`;
const server = spawn(binary, ["serve", "--demo", "--addr", host], {
  stdio: ["ignore", "ignore", "inherit"],
  env: { ...process.env, PHAROS_LOG: "warn" },
});
const ended = new Promise((done) => server.once("exit", done));
const executablePath = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find((path) => existsSync(path));
const browser = await chromium.launch({ executablePath, args: CHROMIUM_FLAGS });
try {
  await ready();
  await (all ? takeAll("../target/pictures") : takeReadme("screenshots"));
} finally {
  await browser.close();
  server.kill("SIGTERM");
  await ended;
}

async function takeReadme(folder) {
  mkdirSync(folder, { recursive: true });
  for (const { name, path, form } of README) {
    const page = await opened({ viewport: { width: 1280, height: 800 }, ...form }, { path });
    const file = `${folder}/${name}.png`;
    await page.screenshot({ path: file });
    await page.context().close();
    const { size } = statSync(file);
    console.log(`${file}: ${size} bytes`);
    if (size > MOST) throw new Error(`${file} is larger than ${MOST} bytes`);
  }
}

async function takeAll(folder) {
  for (const [form, options] of Object.entries(FORMS)) {
    // Without scripts nothing opens.
    const pages = PAGES.filter(({ open }) => !open || options.javaScriptEnabled !== false);
    mkdirSync(`${folder}/${form}`, { recursive: true });
    for (const { name, open, ...target } of pages) {
      const page = await opened(options, target);
      await open?.(page);
      const { width, height } = options.viewport;
      const length = open ? height : await page.evaluate(() => document.documentElement.scrollHeight);
      const clip = { x: 0, y: 0, width, height: Math.min(Math.max(length, height), LONGEST) };
      await page.screenshot({ path: `${folder}/${form}/${name}.png`, fullPage: !open, clip });
      await page.context().close();
    }
    console.log(`${resolve(folder, form)}: ${pages.length} pictures`);
  }
}

/** A page of a form, once it is alive where it runs scripts. */
async function opened(form, { path, isPlain = false }) {
  const context = await browser.newContext({ colorScheme: "light", ...form });
  const page = await context.newPage();
  await page.goto(`http://${host}${path}`);
  if (form.javaScriptEnabled !== false && !isPlain) await page.waitForSelector("html[data-hydrated=true]");
  return page;
}

async function freePort() {
  const probe = createServer();
  await new Promise((done) => probe.listen(0, "127.0.0.1", done));
  const { port } = probe.address();
  await new Promise((done) => probe.close(done));
  return port;
}

async function ready() {
  for (let attempt = 0; attempt < 150; attempt += 1) {
    const answer = await fetch(`http://${host}/readyz`).catch(() => undefined);
    const status = answer?.ok ? await answer.json() : undefined;
    if (status?.ready && !status.rebuilding) return;
    if (server.exitCode !== null) break;
    await new Promise((done) => setTimeout(done, 100));
  }
  throw new Error(`${binary} did not serve on ${host}`);
}
