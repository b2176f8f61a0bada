import { chromium } from "@playwright/test";
import { CHROMIUM_FLAGS } from "./setup/chromium.mjs";
const b = await chromium.launch({ executablePath: "/usr/bin/chromium", args: CHROMIUM_FLAGS });
const c = await b.newContext({ viewport: { width: 1280, height: 900 } });
const page = await c.newPage();
page.on("console", (m) => console.log("CONSOLE", m.type(), m.text().slice(0, 600)));
page.on("pageerror", (e) => console.log("ERR", (e.stack || String(e)).slice(0, 1500)));
page.on("requestfailed", (r) => console.log("FAILED", r.url(), r.failure()?.errorText));
page.on("response", (r) => { if (r.status() >= 400 || process.env.ALL) console.log(r.status(), r.url()); });
for (const path of process.argv.slice(2)) {
  await page.goto("http://127.0.0.1:3200" + path);
  await page.waitForTimeout(2500);
  console.log(path, "hydrated", await page.evaluate(() => document.documentElement.dataset.hydrated));
}
await b.close();
