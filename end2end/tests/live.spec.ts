// Open pages change by themselves when something is imported into the catalog that is served.
import type { BrowserContext, Page } from "@playwright/test";
import { Catalog } from "../setup/pharos";
import { type Problems, alive, expect, expectSameDocument, mark, on, test as base } from "../setup/test";

const test = base.extend<{ catalog: Catalog; origin: string }>({
  catalog: async ({}, use) => {
    const catalog = await Catalog.empty();
    await catalog.import(services({ "billing-api": "running:1", "orders-api": "running:1", "parcels-api": "running:1" }));
    await use(catalog);
    await catalog.remove();
  },
  origin: async ({ catalog }, use) => {
    await use(await catalog.serve());
  },
});

/** What the platform prints of services in `public`, by their runtimes. */
function services(runtimes: Record<string, string>): string {
  const rows = Object.entries(runtimes).map(
    ([name, runtime]) => `  ${name} | v1      | service | public    | active | ${runtime} | ada  `,
  );
  return [
    "INFO[0000] 🔍 get...",
    "INFO[0000] 🔍 get...complete",
    "",
    "  NAME | VERSION | TYPE  | WORKSPACE | STATUS | RUNTIME | OWNER",
    "-------|---------|-------|-----------|--------|---------|------",
    ...rows,
    "",
  ].join("\n");
}

const sign = (page: Page, word: string) => page.getByRole("button", { name: `Live updates: ${word}`, exact: true });
const told = (page: Page) => page.getByRole("log", { name: "Live changes" });
const row = (page: Page, name: string) => page.getByRole("row", { name: new RegExp(`^${name}`) });

/** Opens a page and waits until it is told of changes. */
async function follow(page: Page, address: string): Promise<void> {
  await page.goto(address);
  await alive(page);
  await expect(sign(page, "live")).toBeVisible();
}

/** Lets tests say which page is looked at: a browser without a screen looks at all of them. */
async function background(context: BrowserContext, hidden: boolean): Promise<void> {
  await context.addInitScript((hidden) => {
    Object.assign(window, { unseen: hidden, streams: new Set<EventSource>() });
    const seen = () => (window as unknown as { unseen: boolean }).unseen;
    Object.defineProperty(document, "hidden", { get: seen });
    Object.defineProperty(document, "visibilityState", { get: () => (seen() ? "hidden" : "visible") });
    const streams = (window as unknown as { streams: Set<EventSource> }).streams;
    window.EventSource = class extends EventSource {
      constructor(address: string | URL) {
        super(address);
        streams.add(this);
      }
    };
  }, hidden);
}

async function look(page: Page, away: boolean): Promise<void> {
  await page.evaluate((away) => {
    Object.assign(window, { unseen: away });
    document.dispatchEvent(new Event("visibilitychange", { bubbles: true }));
  }, away);
}

const streams = (page: Page) =>
  page.evaluate(
    () =>
      [...(window as unknown as { streams: Set<EventSource> }).streams].filter(
        (stream) => stream.readyState !== EventSource.CLOSED,
      ).length,
  );

/** A server that goes away is noticed by the browser, which says so. */
function expectAbsence(problems: Problems): void {
  problems.expect(/ERR_CONNECTION_REFUSED/, /ERR_INCOMPLETE_CHUNKED_ENCODING/, /ERR_CONNECTION_RESET/, /ERR_EMPTY_RESPONSE/);
}

test("a value changes in place, is announced, and nothing else moves", async ({ page, catalog, origin }) => {
  await follow(page, `${origin}/resources/services?sort=runtime`);
  await mark(page);
  const names = await on(page).rows.allTextContents();
  const link = row(page, "orders-api").getByRole("rowheader").getByRole("link");
  await link.focus();
  await catalog.import(services({ "orders-api": "failed" }));
  await expect(row(page, "orders-api").getByRole("cell", { name: "failed" }).first()).toBeVisible();
  await expect(told(page)).toContainText("orders-api: runtime is now failed");
  expect(await on(page).rows.allTextContents(), "no row has moved").toEqual(names);
  await expect(link).toBeFocused();
  await expectSameDocument(page);
  // It would stand first now, since the rows are sorted by runtime.
  await page.getByRole("button", { name: /^\d+ changes?: show$/ }).click();
  await expect(on(page).rows.first()).toHaveText("orders-api");
  await expect(page.getByRole("button", { name: /changes?: show$/ })).toBeHidden();
});

test("what is new waits until it is asked for, and counts go on", async ({ page, catalog, origin }) => {
  await follow(page, `${origin}/resources/services?sort=name`);
  await catalog.import(services({ "accounts-api": "running:1" }));
  await expect(on(page).results).toHaveText("4 results");
  await expect(on(page).rows).toHaveText(["billing-api", "orders-api", "parcels-api"]);
  await expect(on(page).types.getByRole("link", { name: /^Services/ })).toContainText("4");
  await page.getByRole("button", { name: "1 change: show" }).click();
  await expect(on(page).rows).toHaveText(["accounts-api", "billing-api", "orders-api", "parcels-api"]);
});

test("the page of a Resource and the overview follow it, too", async ({ page, context, catalog, origin }) => {
  await follow(page, `${origin}/resources/services/public.orders-api`);
  const overview = await context.newPage();
  await follow(overview, `${origin}/`);
  await catalog.import(services({ "orders-api": "failed" }));
  await expect(page.getByRole("article")).toContainText("failed");
  await expect(told(page)).toContainText("orders-api: state and health is now");
  await overview.getByRole("button", { name: /changes?: show$/ }).click();
  await expect(overview.getByRole("region", { name: "Needs attention" })).toContainText("orders-api");
});

test("a Resource that recovers says so where it stands on the overview", async ({ page, catalog }) => {
  await catalog.import(services({ "orders-api": "failed", "billing-api": "failed" }));
  // A Service that has ended is degraded only, though this changed last.
  await catalog.import(services({ "parcels-api": "succeeded" }));
  await follow(page, await catalog.serve());
  const attention = page.getByRole("region", { name: "Needs attention" });
  const entry = attention.getByRole("listitem").filter({ hasText: "orders-api" });
  await expect(entry).toContainText("Failed");
  await expect(attention.getByRole("listitem").last()).toContainText("parcels-api");
  await catalog.import(services({ "orders-api": "running:1" }));
  await expect(entry).toContainText("Healthy");
  await expect(attention.getByRole("listitem")).toHaveCount(3);
  await page.getByRole("button", { name: /changes?: show$/ }).click();
  await expect(entry).toHaveCount(0);
});

test("a page that nobody sees is paused, and goes on where it was", async ({ page, context, catalog, origin }) => {
  await background(context, false);
  await follow(page, `${origin}/resources/services`);
  await look(page, true);
  await expect(sign(page, "paused")).toBeVisible();
  expect(await streams(page), "it holds no connection").toBe(0);
  await catalog.import(services({ "orders-api": "failed" }));
  await look(page, false);
  await expect(row(page, "orders-api")).toContainText("failed");
  await expect(sign(page, "live")).toBeVisible();
  expect(await streams(page)).toBe(1);
});

test("who reads in peace pauses the page, and goes on where it is now", async ({ page, catalog, origin }) => {
  await follow(page, `${origin}/resources/services`);
  await sign(page, "live").click();
  await expect(sign(page, "paused by you")).toBeVisible();
  await catalog.import(services({ "orders-api": "failed" }));
  // Longer than any change waits to be shown.
  await page.waitForTimeout(2_500);
  await expect(row(page, "orders-api")).not.toContainText("failed");
  await sign(page, "paused by you").click();
  await expect(row(page, "orders-api")).toContainText("failed");
  await expect(sign(page, "live")).toBeVisible();
});

test("an idle page asks for nothing, and its ages go on", async ({ page, catalog, origin }) => {
  await page.clock.install();
  await follow(page, `${origin}/resources/services`);
  const asked: string[] = [];
  page.on("request", (request) => asked.push(request.url()));
  const age = row(page, "orders-api").getByRole("time").or(row(page, "orders-api").locator("time"));
  await expect(age).toHaveText(/just now|seconds? ago/);
  await page.clock.fastForward("05:00");
  await expect(age).toHaveText(/^5 minutes ago$/);
  expect(asked).toEqual([]);
});

test("a page comes back with its server", async ({ page, catalog, origin, problems }) => {
  expectAbsence(problems);
  await follow(page, `${origin}/resources/services`);
  await mark(page);
  await catalog.stop();
  await expect(sign(page, "reconnecting")).toBeVisible();
  await catalog.import(services({ "orders-api": "failed" }));
  await catalog.serve();
  await expect(sign(page, "live")).toBeVisible({ timeout: 20_000 });
  await expect(row(page, "orders-api")).toContainText("failed");
  await expectSameDocument(page);
});

test("a refresh that the server does not answer is tried again", async ({ page, catalog, origin, problems }) => {
  await follow(page, `${origin}/resources/services?sort=name`);
  problems.expect(/ERR_FAILED/);
  await page.route("**/api/ui/*", (route) => route.abort());
  const refused = page.waitForEvent("requestfailed");
  await catalog.import(services({ "orders-api": "failed" }));
  await refused;
  await expect(row(page, "orders-api")).toContainText("running:1");
  await page.unroute("**/api/ui/*");
  await expect(row(page, "orders-api")).toContainText("failed", { timeout: 15_000 });
});

test("what is on the screen stays while the server is away, and what was asked for comes with it", async ({
  page,
  catalog,
  origin,
  problems,
}) => {
  await follow(page, `${origin}/resources/services?sort=name`);
  expectAbsence(problems);
  await catalog.stop();
  await page.getByRole("columnheader", { name: "Owner" }).getByRole("link").click();
  await expect(on(page).main.getByRole("alert")).toContainText("Pharos does not answer");
  await expect(on(page).rows).toHaveText(["billing-api", "orders-api", "parcels-api"]);
  await expect(on(page).types).toBeVisible();
  expect(await catalog.serve()).toBe(origin);
  await expect(page.getByRole("columnheader", { name: "Owner" })).toHaveAttribute("aria-sort", "ascending", { timeout: 15_000 });
  await expect(on(page).main.getByRole("alert")).toBeHidden();
});

test("fifty open tabs do not starve each other", async ({ context, catalog, origin }) => {
  test.slow();
  await background(context, true);
  const tabs: Page[] = [];
  for (let number = 0; number < 50; number += 1) {
    const tab = await context.newPage();
    await tab.goto(`${origin}/resources/services`, { waitUntil: "commit" });
    tabs.push(tab);
  }
  await Promise.all(tabs.map((tab) => alive(tab)));
  for (const tab of [tabs[49], tabs[0], tabs[24]]) {
    await look(tab, false);
    await expect(sign(tab, "live")).toBeVisible();
    const runtime = `running:${2 + tabs.indexOf(tab)}`;
    await catalog.import(services({ "orders-api": runtime }));
    await expect(row(tab, "orders-api")).toContainText(runtime);
    const open = await Promise.all(tabs.map(streams));
    expect(open.reduce((sum, count) => sum + count), "only the tab that is seen holds a connection").toBe(1);
    await look(tab, true);
  }
});

test.describe("the windows of a browser", () => {
  // Before the server goes, which they would ask again.
  test.afterEach(async ({ context }) => {
    for (const page of context.pages()) await page.close();
  });

  /** Opens windows that follow the same listing. */
  async function windows(context: BrowserContext, origin: string, count: number): Promise<Page[]> {
    await background(context, false);
    const opened: Page[] = [];
    while (opened.length < count) {
      const page = await context.newPage();
      await follow(page, `${origin}/resources/services?sort=name`);
      opened.push(page);
    }
    return opened;
  }

  /** The streams of each window. */
  const shares = (pages: Page[]) => Promise.all(pages.map(streams));

  /** The one window that has the stream, and the others. */
  async function roles(pages: Page[]): Promise<{ leader: Page; others: Page[] }> {
    let leading: Page[] = [];
    await expect(async () => {
      const open = await shares(pages);
      leading = pages.filter((_, place) => open[place] > 0);
      expect(leading.length, "one window has the stream").toBe(1);
    }).toPass({ timeout: 5_000 });
    const [leader] = leading;
    return { leader, others: pages.filter((page) => page !== leader) };
  }

  async function expectChange(pages: Page[], name: string, runtime: string): Promise<void> {
    for (const page of pages) {
      await expect(row(page, name)).toContainText(runtime);
      await expect(sign(page, "live")).toBeVisible();
    }
  }

  test("eight share one stream, and the eighth goes on from page to page", async ({ context, catalog, origin }) => {
    test.slow();
    const asked: string[] = [];
    context.on("request", (request) => {
      if (request.resourceType() === "eventsource") asked.push(request.url());
    });
    const pages = await windows(context, origin, 8);
    await roles(pages);
    expect(asked, "one stream was ever opened").toHaveLength(1);
    await catalog.import(services({ "orders-api": "failed" }));
    await expectChange(pages, "orders-api", "failed");

    const eighth = pages[7];
    await row(eighth, "orders-api").getByRole("rowheader").getByRole("link").click();
    await expect(on(eighth).heading).toHaveText("orders-api");
    await follow(eighth, `${origin}/resources/services?sort=name`);
    await catalog.import(services({ "orders-api": "running:2" }));
    await expectChange(pages, "orders-api", "running:2");
    expect((await shares(pages)).reduce((sum, count) => sum + count)).toBe(1);
  });

  test("another one takes over from one that is closed, and misses nothing", async ({ context, catalog, origin }) => {
    const { leader, others } = await roles(await windows(context, origin, 3));
    // The one that goes may be told of this, or the one that follows it.
    await Promise.all([leader.close(), catalog.import(services({ "billing-api": "failed" }))]);
    await catalog.import(services({ "orders-api": "failed" }));
    await expectChange(others, "billing-api", "failed");
    await expectChange(others, "orders-api", "failed");
    const next = await roles(others);
    // One that goes elsewhere leads no more, either.
    await next.leader.goto("about:blank");
    await catalog.import(services({ "orders-api": "running:2" }));
    await expectChange(next.others, "orders-api", "running:2");
    await roles(next.others);
  });

  test("pausing one leaves the others live", async ({ context, catalog, origin }) => {
    const { leader, others } = await roles(await windows(context, origin, 3));
    await sign(leader, "live").click();
    await expect(sign(leader, "paused by you")).toBeVisible();
    await catalog.import(services({ "orders-api": "failed" }));
    await expectChange(others, "orders-api", "failed");
    await roles(others);
    expect(await streams(leader), "it holds no connection").toBe(0);
    await expect(row(leader, "orders-api")).toContainText("running:1");
    // It follows the one that took over.
    await sign(leader, "paused by you").click();
    await expectChange([leader], "orders-api", "failed");
    await catalog.import(services({ "orders-api": "running:2" }));
    await expectChange([leader, ...others], "orders-api", "running:2");
    expect(await streams(leader)).toBe(0);
  });

  test("one that is not seen any more leaves the stream to one that is", async ({ context, catalog, origin }) => {
    const { leader, others } = await roles(await windows(context, origin, 2));
    await look(leader, true);
    await expect(sign(leader, "paused")).toBeVisible();
    await catalog.import(services({ "orders-api": "failed" }));
    await expectChange(others, "orders-api", "failed");
    await look(leader, false);
    await expectChange([leader], "orders-api", "failed");
    expect(await shares([leader, ...others])).toEqual([0, 1]);
  });

  test("one that comes alive late is told what the others heard before", async ({ context, catalog, origin }) => {
    const others = await windows(context, origin, 1);
    const late = await context.newPage();
    let release = () => {};
    const released = new Promise<void>((done) => (release = done));
    await late.route("**/pkg/**/*.wasm", async (route) => {
      await released;
      await route.continue();
    });
    await late.goto(`${origin}/resources/services?sort=name`, { waitUntil: "commit" });
    await expect(row(late, "orders-api")).toContainText("running:1");
    await catalog.import(services({ "orders-api": "failed" }));
    await expectChange(others, "orders-api", "failed");
    await expect(row(late, "orders-api")).toContainText("running:1");
    release();
    await expectChange([late], "orders-api", "failed");
    expect(await shares([...others, late])).toEqual([1, 0]);
  });

  test("all of them come back with their server", async ({ context, catalog, origin, problems }) => {
    expectAbsence(problems);
    const pages = await windows(context, origin, 2);
    await catalog.stop();
    for (const page of pages) await expect(sign(page, "reconnecting")).toBeVisible();
    await catalog.import(services({ "orders-api": "failed" }));
    await catalog.serve();
    for (const page of pages) await expect(sign(page, "live")).toBeVisible({ timeout: 20_000 });
    await expectChange(pages, "orders-api", "failed");
    await roles(pages);
  });

  test("one that leads and says nothing is given up", async ({ context, catalog, origin }) => {
    test.slow();
    const silent = await context.newPage();
    await silent.goto(`${origin}/robots.txt`);
    await silent.evaluate(async () => {
      await new Promise<void>((leads) => {
        // It ends when another one takes over.
        const ended = navigator.locks.request("pharos-changes-1", () => new Promise(() => leads()));
        void ended.catch(() => {});
      });
    });
    const page = await context.newPage();
    await page.goto(`${origin}/resources/services`);
    await alive(page);
    await expect(sign(page, "live")).toBeVisible({ timeout: 20_000 });
    await catalog.import(services({ "orders-api": "failed" }));
    await expectChange([page], "orders-api", "failed");
  });

  test("each has a stream of its own where they cannot share one", async ({ context, catalog, origin }) => {
    await context.addInitScript(() => Object.defineProperty(Navigator.prototype, "locks", { value: undefined }));
    const pages = await windows(context, origin, 2);
    expect(await shares(pages)).toEqual([1, 1]);
    await catalog.import(services({ "orders-api": "failed" }));
    await expectChange(pages, "orders-api", "failed");
  });
});

test("who wants no motion gets none", async ({ page, catalog, origin }) => {
  await page.emulateMedia({ reducedMotion: "reduce" });
  await follow(page, `${origin}/resources/services`);
  await catalog.import(services({ "orders-api": "failed" }));
  const cell = row(page, "orders-api").getByRole("cell", { name: "failed" }).first();
  await expect(cell).toBeVisible();
  expect(await cell.evaluate((cell) => getComputedStyle(cell).animationName)).toBe("none");
});

test.describe("without JavaScript", () => {
  test.use({ javaScriptEnabled: false });

  test("nothing is lost but the liveness", async ({ page, catalog, origin }) => {
    await page.goto(`${origin}/resources/services?sort=name`);
    await expect(on(page).rows).toHaveText(["billing-api", "orders-api", "parcels-api"]);
    await expect(page.getByRole("button", { name: /^Live updates/ })).toBeHidden();
    await catalog.import(services({ "orders-api": "failed" }));
    await expect(async () => {
      await page.reload();
      await expect(row(page, "orders-api")).toContainText("failed", { timeout: 500 });
    }).toPass();
  });
});
