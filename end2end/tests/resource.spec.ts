// The page of one Resource.
import { readFile } from "node:fs/promises";
import type { Locator } from "@playwright/test";
import { Catalog } from "../setup/pharos";
import { Problems, address, alive, expect, expectSameDocument, mark, on, test } from "../setup/test";

const ORDERS_API = "/resources/services/public.orders-api";

/** What a copy button says, which stands beside it. */
const said = (button: Locator) => button.locator("xpath=..").getByRole("status");

for (const [tab, shown] of [
  ["", "Lifecycle events"],
  ["/runtime", "Runtime"],
  ["/events", /^\d{1,2} \w{3} \d{4}$/],
  ["/manifest", "Manifest"],
] as const) {
  test(`${ORDERS_API}${tab} leads straight to its tab`, async ({ page, visit }) => {
    const seen = on(page);
    expect((await visit(ORDERS_API + tab)).status()).toBe(200);
    await expect(seen.heading).toHaveText("orders-api");
    await expect(seen.main.getByRole("heading", { level: 2, name: shown }).first()).toBeVisible();
    const current = seen.tabs.getByRole("link").and(page.locator("[aria-current=page]"));
    await expect(current).toHaveCount(1);
    await expect(current).toHaveAttribute("href", ORDERS_API + tab);
  });
}

test("the tabs are one page: going through them loads nothing anew, and back leads through them", async ({ page, visit }) => {
  const seen = on(page);
  await visit(ORDERS_API);
  await mark(page);
  for (const tab of ["Runtime", "Events", "Manifest"]) {
    await seen.tabs.getByRole("link", { name: tab }).click();
    await expect(page).toHaveURL(new RegExp(`/${tab.toLowerCase()}$`));
  }
  await expect(seen.main.getByRole("heading", { name: "Manifest" })).toBeVisible();
  await page.goBack();
  await expect(page).toHaveURL(/\/events$/);
  await page.goBack();
  await expect(seen.nodes).toBeVisible();
  await page.goBack();
  await expect(seen.main.getByRole("heading", { name: "Lifecycle events" })).toBeVisible();
  await expectSameDocument(page);
});

test("the title of the document names the Resource and its tab", async ({ page, visit }) => {
  await visit(`${ORDERS_API}/runtime`);
  await expect(page).toHaveTitle("orders-api runtime · Services · Pharos");
});

test("Resources of one name in two workspaces are told apart", async ({ page, visit }) => {
  const seen = on(page);
  const breadcrumb = page.getByRole("navigation", { name: "Breadcrumb" });
  await visit("/resources/services/curriculum.flash-service-training");
  await expect(breadcrumb.getByRole("link", { name: "curriculum" })).toBeVisible();
  await visit("/resources/services/public.flash-service-training");
  await breadcrumb.getByRole("link", { name: "public" }).click();
  await expect(page).toHaveURL(/\/resources\/services\?workspace=public$/);
  await expect(seen.rows.first()).toBeVisible();
});

test.describe("addresses that lead nowhere", () => {
  test.beforeEach(({ problems }) => problems.expect(/404/));

  test("the page of a Depot that is missing leads to the Depots, and has no sign of live updates", async ({ page, visit }) => {
    const sign = page.getByRole("button", { name: /^Live updates/ });
    await visit("/resources/depots/qqqxxx");
    await expect(sign).toBeHidden();
    await on(page).main.getByRole("link", { name: "see all Depots" }).click();
    await expect(page).toHaveURL(/\/resources\/depots$/);
    await expect(on(page).heading).toHaveText("Depots");
    await expect(sign).toBeVisible();
  });

  for (const path of ["/resources/depots/salesraw/jobs", "/resources/nothings", "/resources/depots/qqqxxx", "/nowhere"]) {
    test(`${path} is not found and offers ways out`, async ({ page, visit }) => {
      const seen = on(page);
      expect((await visit(path)).status()).toBe(404);
      await expect(seen.heading).toHaveText("Not found");
      await seen.main.getByRole("link", { name: "Go to the overview" }).click();
      await expect(seen.heading).toHaveText("Overview");
    });
  }

  test("a Depot without a runtime has no Runtime tab", async ({ page, visit }) => {
    expect((await visit("/resources/depots/systemstreams/runtime")).status()).toBe(404);
    await expect(on(page).main).toContainText("systemstreams/runtime is not in the catalog");
    await on(page).main.getByRole("link", { name: "systemstreams" }).click();
    await expect(on(page).tabs.getByRole("link")).toHaveText(["Details", /^Events/, "Manifest"]);
  });

  test("a misspelt name offers what is close to it", async ({ page, visit }) => {
    const seen = on(page);
    expect((await visit("/resources/depots/salesrwa")).status()).toBe(404);
    await expect(seen.main).toContainText("salesrwa is not in the catalog");
    await seen.main.getByRole("link", { name: "salesraw", exact: true }).click();
    await expect(seen.heading).toHaveText("salesraw");
  });
});

test("a deleted Resource keeps its page and says when it was deleted", async ({ page, visit }) => {
  const seen = on(page);
  expect((await visit("/resources/depots/oldcrm")).status()).toBe(200);
  await expect(seen.main.getByText(/^Deleted on \d{1,2} \w{3} \d{4} .* last known values\.$/)).toBeVisible();
  const lives = seen.main.getByRole("table", { name: /^Lifecycle events/ });
  await expect(lives.getByRole("row")).toHaveCount(2);
  await seen.tabs.getByRole("link", { name: "Events" }).click();
  await expect(seen.main.getByRole("listitem").filter({ hasText: "no longer there" })).toBeVisible();
});

test("a Resource that was created again lists both its lives", async ({ page, visit }) => {
  await visit("/resources/depots/partnerfeeds");
  const lives = on(page).main.getByRole("table", { name: /^Lifecycle events/ });
  await expect(lives.getByRole("row")).toHaveCount(3);
  await expect(lives.getByRole("row").nth(1).getByRole("cell").nth(1)).toHaveText("--");
});

test("the manifest can be copied and downloaded", async ({ page, context, visit }) => {
  const seen = on(page);
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await visit(`${ORDERS_API}/manifest`);
  const copy = seen.main.getByRole("button", { name: "Copy manifest" });
  await copy.click();
  await expect(said(copy)).toHaveText("Copied");
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  expect(copied).toMatch(/^name: "?orders-api"?$/m);
  await expect(seen.main.getByRole("code").filter({ hasText: copied.split("\n")[0] })).toBeVisible();

  const coming = page.waitForEvent("download");
  await seen.main.getByRole("link", { name: "Download" }).click();
  const download = await coming;
  expect(download.suggestedFilename()).toBe("public.orders-api.yaml");
  expect(await readFile(await download.path(), "utf8")).toBe(copied);
});

test("a copied link does not tell which listing one came from", async ({ page, context, visit }) => {
  const seen = on(page);
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await visit("/resources/depots?q=salesraw&state=active");
  await seen.rows.first().click();
  await expect(seen.heading).toHaveText("salesraw");
  await seen.main.getByRole("button", { name: "Copy link" }).click();
  await expect(said(seen.main.getByRole("button", { name: "Copy link" }))).toHaveText("Copied");
  expect(await page.evaluate(() => navigator.clipboard.readText())).toMatch(/\/resources\/depots\/salesraw$/);
});

test("the focus stays on the tab that was pressed", async ({ page, visit }) => {
  const seen = on(page);
  await visit(ORDERS_API);
  for (const name of ["Runtime", "Events", "Manifest"]) {
    const tab = seen.tabs.getByRole("link", { name });
    await tab.focus();
    await page.keyboard.press("Enter");
    await expect(tab).toHaveAttribute("aria-current", "page");
    await expect(tab).toBeFocused();
  }
});

test("name, id and link can be copied", async ({ page, context, visit }) => {
  const seen = on(page);
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await visit(`${ORDERS_API}/runtime`);
  for (const [button, expected] of [
    ["Copy name", "orders-api"],
    ["Copy id", "service:v1:orders-api:public"],
    ["Copy link", page.url()],
  ]) {
    const copy = seen.main.getByRole("button", { name: button });
    await copy.click();
    await expect(said(copy)).toHaveText("Copied");
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(expected);
  }
});

test("nothing is said to be copied that the browser did not copy", async ({ page, visit }) => {
  await page.addInitScript(() => {
    Object.defineProperty(navigator.clipboard, "writeText", { value: () => Promise.reject(new Error("refused")) });
  });
  await visit(ORDERS_API);
  const copy = on(page).main.getByRole("button", { name: "Copy name" });
  await copy.click();
  await expect(said(copy)).toHaveText("The browser does not allow it");
  await expect(said(copy)).toHaveText("");
});

test("a Lens lists its parts, with what runs and what does not", async ({ page, visit }) => {
  const seen = on(page);
  const lens = "data-product-insights";
  await visit(`/resources/lenses/public.${lens}/runtime`);
  const parts = seen.main.getByRole("table", { name: "Parts and their runtime" });
  const names = ["api", "iris", "router", "worker"].map((part) => `${lens}-${part}`);
  await expect(parts.getByRole("rowheader")).toHaveCount(names.length);
  expect((await parts.getByRole("rowheader").allTextContents()).sort()).toEqual(names);
  await expect(parts.getByRole("row", { name: new RegExp(`^${lens}-worker`) })).toContainText("pending:1/2");
  await parts.getByRole("link", { name: `${lens}-api` }).click();
  await expect(page).toHaveURL(new RegExp(`/resources/services/public\\.${lens}-api`));
});

test("the nodes sort by each column, the address with them", async ({ page, visit }) => {
  const seen = on(page);
  await visit(`${ORDERS_API}/runtime`);
  await mark(page);
  for (const [column, word] of [
    ["Name", "name"],
    ["Created", "created"],
    ["Workspace", "workspace"],
    ["Data plane", "dataplane"],
    ["Status", "status"],
    ["Uptime", "uptime"],
  ]) {
    const heading = seen.nodes.getByRole("columnheader", { name: column });
    await heading.getByRole("link").click();
    await expect(heading).toHaveAttribute("aria-sort", "ascending");
    expect(address(page)).toBe(`${ORDERS_API}/runtime?sort=${word}`);
    await heading.getByRole("link").click();
    await expect(heading).toHaveAttribute("aria-sort", "descending");
  }
  await expectSameDocument(page);
});

test("every age has its exact time", async ({ page, visit }) => {
  for (const path of ["/", "/resources/depots", "/resources/depots/salesraw", "/resources/depots/salesraw/events"]) {
    await visit(path);
    const ages = on(page).main.getByRole("time").or(on(page).main.locator("time"));
    const told = await ages.evaluateAll((times) =>
      times.map((time) => [time.getAttribute("datetime"), time.textContent, time.getAttribute("title")]),
    );
    expect(told.length, path).toBeGreaterThan(0);
    for (const [machine, text, title] of told) {
      expect(machine, path).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/);
      // Either exact itself, or exact when one asks.
      expect(`${text} ${title}`, path).toMatch(/\d\d:\d\d:\d\d UTC/);
    }
    const outside = await on(page).main.evaluate((main) => {
      const copy = main.cloneNode(true) as HTMLElement;
      for (const time of copy.querySelectorAll("time, [title]")) time.remove();
      return copy.textContent?.match(/\d+ \w+ ago/)?.[0];
    });
    expect(outside, `an age outside <time> on ${path}`).toBeUndefined();
  }
});

test("the ages on the page of a Resource tell their exact time to the keyboard, those of rows do not take it", async ({ page, visit }) => {
  const seen = on(page);
  await visit("/resources/depots/salesraw");
  const told: string[] = [];
  for (let presses = 0; presses < 60; presses += 1) {
    await page.keyboard.press("Tab");
    const beside = await page.evaluate(() => {
      const focused = document.activeElement;
      return focused?.tagName === "TIME" ? getComputedStyle(focused, "::after").content : undefined;
    });
    if (beside) told.push(beside);
  }
  expect(told.length).toBeGreaterThanOrEqual(3);
  for (const text of told) expect(text).toMatch(/\d{4} \d\d:\d\d:\d\d UTC/);
  await visit("/resources/depots");
  await expect(seen.rows.first()).toBeVisible();
  await expect(seen.main.locator("time[tabindex]")).toHaveCount(0);
});

test.describe("where clocks are five and a half hours ahead", () => {
  test.use({ timezoneId: "Asia/Kolkata" });

  test("times are told in UTC until local time is chosen, and then at once and for good", async ({ page, visit }) => {
    const seen = on(page);
    const choose = async (clocks: string) => {
      await page.getByRole("button", { name: "Keyboard shortcuts and settings" }).click();
      await seen.help.getByRole("radio", { name: clocks }).check();
      await page.keyboard.press("Escape");
      await expect(seen.help).toBeHidden();
    };
    const time = seen.main.getByRole("listitem").filter({ has: page.locator("time") }).first().locator("time").first();
    /** The date and the time of the newest event. */
    const newest = async () => {
      const day = await seen.main.getByRole("heading", { level: 2 }).first().textContent();
      return { told: `${day} ${await time.textContent()}`, title: await time.getAttribute("title") };
    };
    await visit(`${ORDERS_API}/events`);
    const at = new Date((await time.getAttribute("datetime")) ?? "");
    const shown = (date: Date, zone: string) => {
      const [day, month, year, time] = date.toUTCString().split(" ").slice(1);
      return `${Number(day)} ${month} ${year} ${time} ${zone}`;
    };
    const universal = shown(at, "UTC");
    const local = shown(new Date(at.getTime() + 330 * 60_000), "+05:30");
    await expect.poll(newest).toEqual({ told: universal, title: universal });
    await choose("Local time");
    await expect.poll(newest).toEqual({ told: local, title: local });
    await page.reload();
    await alive(page);
    await expect.poll(newest).toEqual({ told: local, title: local });
    await seen.tabs.getByRole("link", { name: "Details" }).click();
    await expect(seen.main.getByRole("table", { name: /^Lifecycle events/ })).toContainText("+05:30");
    await visit("/resources/depots");
    await expect(seen.main.locator("time").first()).toHaveAttribute("title", /\+05:30$/);
    await choose("UTC");
    await expect(seen.main.locator("time").first()).toHaveAttribute("title", / UTC$/);
    await visit(`${ORDERS_API}/events`);
    await expect.poll(newest).toEqual({ told: universal, title: universal });
  });
});

test("what was reported is shown as text, never run", async ({ page, visit }) => {
  const seen = on(page);
  await visit("/resources/services/sandbox.escape-proof");
  await expect(seen.main).toContainText("<script>alert('not run')</script> & <b>not bold</b> \"quoted\"");
  await expect(seen.main.getByRole("link", { name: "<i>tag</i>" })).toBeVisible();
  await visit("/resources/services/marketing.umlaut-service");
  await expect(seen.main).toContainText("Größe, naïve, żółć, 東京の注文, Ελληνικά, مرحبا 🚀");
});

test("a long history is read page by page", async ({ browser }) => {
  const catalog = await Catalog.empty();
  const problems = new Problems();
  try {
    for (let change = 0; change < 60; change += 1) {
      await catalog.import(
        "  NAME   | VERSION |  TYPE   | WORKSPACE | STATUS |  RUNTIME   | OWNER\n" +
          "---------|---------|---------|-----------|--------|------------|------\n" +
          `  seesaw | v1      | service | public    | active | running:${change} | ada\n`,
      );
    }
    const context = await browser.newContext({ baseURL: await catalog.serve() });
    problems.watch(context);
    const page = await context.newPage();
    const seen = on(page);
    await page.goto("/resources/services/public.seesaw/events");
    await alive(page);
    const values = seen.main.getByRole("listitem").filter({ hasText: "Runtime" });
    const pages = page.getByRole("navigation", { name: "Pages of events" });
    await expect(values.first()).toContainText("running:58→running:59");
    const newest = await values.count();
    await pages.getByRole("link", { name: "Older" }).click();
    await expect(page).toHaveURL(/\/events\?before=\d+$/);
    await expect(pages.getByRole("link", { name: "Older" })).toBeHidden();
    await expect(values.first()).not.toContainText("running:59");
    // All but the first value, which came with the Resource itself.
    expect(newest + (await values.count())).toBe(59);
    await pages.getByRole("link", { name: "Newest" }).click();
    await expect(values.first()).toContainText("running:59");
    await context.close();
    expect(problems.unexpected()).toEqual([]);
  } finally {
    await catalog.remove();
  }
});

test("the head names a failed node although the rest runs, and leads to it", async ({ page, visit }) => {
  const seen = on(page);
  await visit("/resources/depots/salesraw");
  await expect(seen.main).toContainText("Healthy");
  await seen.main.getByRole("link", { name: "salesraw-old-ss-0" }).click();
  await expect(page).toHaveURL(/\/runtime\?status=failed$/);
  await expect(seen.nodes.getByRole("rowheader")).toHaveText(["salesraw-old-ss-0"]);
});

test("tabs tell how much there is on them", async ({ page, visit }) => {
  const seen = on(page);
  await visit("/resources/depots/salesraw");
  await expect(seen.tabs.getByRole("link", { name: "Runtime 1/2" })).toBeVisible();
  const events = await seen.tabs.getByRole("link", { name: /^Events \d+$/ }).textContent();
  await seen.tabs.getByRole("link", { name: /^Events/ }).click();
  await expect(seen.main.getByRole("listitem").filter({ hasText: " by " })).toHaveCount(Number(events?.match(/\d+/)?.[0]));
});

test("details show the lines of the spec that people look for, and lead to all of it", async ({ page, visit }) => {
  const seen = on(page);
  const spec = seen.main.getByRole("region", { name: "Spec" });
  await visit("/resources/depots/salesraw");
  await expect(spec).toContainText("typeS3");
  await expect(spec).toContainText("s3.bucketdemo-bucket");
  await visit("/resources/workflows/public.ingest-orders");
  await expect(spec).toContainText("schedule.cron*/15 * * * *");
  await visit(ORDERS_API);
  for (const line of ["stackSpec.imageexample/orders-api:", "replicas2", "servicePort8080"]) await expect(spec).toContainText(line);
  await expect(spec, "what is masked tells nothing").not.toContainText("***");
  expect(await spec.getByRole("term").count()).toBeLessThanOrEqual(8);
  await mark(page);
  await spec.getByRole("link", { name: "See the whole manifest" }).click();
  await expect(page).toHaveURL(/\/manifest$/);
  await expect(seen.main.getByRole("heading", { name: "Manifest" })).toBeVisible();
  await expectSameDocument(page);
});

test("the reason of a health is told once, with an age of one unit that has its exact time", async ({ page, visit }) => {
  await visit("/resources/workers/public.data-product-insights-worker");
  const head = on(page).main.getByRole("paragraph").filter({ hasText: "replicas ready" });
  await expect(head).toContainText(/Health: Stuck.*1 of 2 replicas ready for \d+ (minute|hour|day)s?\W*State/);
  const age = head.getByRole("time").or(head.locator("time"));
  await expect(age).toHaveCount(1);
  await expect(age).toHaveAttribute("title", /^since \d{1,2} \w{3} \d{4} \d\d:\d\d:\d\d UTC$/);
  await expect(age).toHaveAttribute("tabindex", "0");
});

test("the last 24 hours of State and runtime are told in words, too", async ({ page, visit }) => {
  await visit("/resources/depots/salesraw");
  const day = on(page).main.getByRole("region", { name: "Last 24 hours" });
  await expect(day).toContainText(/State: active from .* UTC to .* UTC/);
  await expect(day).toContainText(/Runtime: running:1 from .* UTC to .* UTC/);
  await visit("/resources/lenses/public.data-product-insights");
  await expect(day, "nothing of its own runs").not.toContainText("Runtime");
});

test("tabs begin high on the page", async ({ page, visit }) => {
  await visit("/resources/services/public.orders-api");
  expect((await on(page).tabs.boundingBox())?.y).toBeLessThan(260);
});
