// Searching as one types.
import { address, expect, expectSameDocument, mark, on, open, test } from "../setup/test";

test.describe("suggestions", () => {
  test("are grouped by type, tell workspaces apart and mark what was typed", async ({ page, visit }) => {
    const seen = on(page);
    await visit("/");
    await expect(seen.suggestions).toBeHidden();
    await seen.search.pressSequentially("orders-api");
    const services = seen.suggestions.getByRole("group", { name: "Services" });
    await expect(services.getByRole("option", { name: /^orders-api in public active/ })).toBeVisible();
    await expect(services.getByRole("option", { name: /^orders-api in sandbox active/ })).toBeVisible();
    await expect(services.getByRole("option").first().getByRole("mark")).toHaveText("orders-api");
    await expect(seen.suggestions.getByRole("group", { name: "Monitors" })).toContainText("orders-api-runtime");
  });

  test("tell assistive technology where one is", async ({ page, visit }) => {
    const seen = on(page);
    await visit("/");
    await expect(seen.search).toHaveAttribute("aria-expanded", "false");
    await expect(seen.search).toHaveAttribute("aria-autocomplete", "list");
    await seen.search.pressSequentially("salesraw");
    await expect(seen.search).toHaveAttribute("aria-expanded", "true");
    await expect(seen.search).toHaveAttribute("aria-controls", (await seen.suggestions.getAttribute("id")) ?? "");
    await expect(seen.search).not.toHaveAttribute("aria-activedescendant");

    const options = seen.suggestions.getByRole("option");
    await seen.search.press("ArrowDown");
    await expect(options.first()).toHaveAttribute("aria-selected", "true");
    await expect(seen.search).toHaveAttribute("aria-activedescendant", (await options.first().getAttribute("id")) ?? "");
    await seen.search.press("ArrowDown");
    await expect(options.nth(0)).toHaveAttribute("aria-selected", "false");
    await expect(options.nth(1)).toHaveAttribute("aria-selected", "true");
    await seen.search.press("ArrowUp");
    await seen.search.press("ArrowUp");
    await expect(options.last()).toHaveAttribute("aria-selected", "true");
    await expect(seen.search).toBeFocused();
  });

  test("open the chosen Resource with Enter, without loading the page anew", async ({ page, visit }) => {
    const seen = on(page);
    await visit("/");
    await mark(page);
    await seen.search.pressSequentially("flash-service-training");
    await expect(seen.suggestions.getByRole("option", { name: /in curriculum/ })).toBeVisible();
    while ((await seen.suggestions.getByRole("option", { name: /in curriculum/ }).getAttribute("aria-selected")) !== "true") {
      await seen.search.press("ArrowDown");
    }
    await seen.search.press("Enter");
    await expect(page).toHaveURL(/\/resources\/services\/curriculum\.flash-service-training$/);
    await expect(seen.heading).toHaveText("flash-service-training");
    await expect(seen.suggestions).toBeHidden();
    await expectSameDocument(page);
  });

  test("open the Resource that is clicked", async ({ page, visit }) => {
    const seen = on(page);
    await visit("/");
    await seen.search.pressSequentially("lakehouse");
    await seen.suggestions.getByRole("group", { name: "Depots" }).getByRole("option", { name: /^lakehouse/ }).first().click();
    await expect(page).toHaveURL(/\/resources\/depots\/lakehouse$/);
  });

  test("lead to all results, here and everywhere", async ({ page, visit }) => {
    const seen = on(page);
    await visit("/");
    await seen.search.pressSequentially("sales");
    await seen.suggestions.getByRole("option", { name: "See all results for “sales”" }).click();
    await expect(page).toHaveURL(/\/resources\?q=sales$/);
    await expect(seen.results).toBeVisible();

    await visit("/resources/depots?state=active");
    await seen.search.pressSequentially("sales");
    await expect(seen.suggestions.getByRole("option", { name: "See all results for “sales” in all types" })).toBeVisible();
    await seen.suggestions.getByRole("option", { name: "See all results for “sales” in Depots" }).click();
    await expect(page).toHaveURL(/\/resources\/depots\?q=sales&state=active$/);
  });

  test("close with Esc, then the box is emptied, then left", async ({ page, visit }) => {
    const seen = on(page);
    await visit("/");
    await seen.search.pressSequentially("sales");
    await expect(seen.suggestions).toBeVisible();
    await seen.search.press("Escape");
    await expect(seen.suggestions).toBeHidden();
    await expect(seen.search).toHaveValue("sales");
    await seen.search.press("Escape");
    await expect(seen.search).toHaveValue("");
    await expect(seen.search).toBeFocused();
    await seen.search.press("Escape");
    await expect(seen.search).not.toBeFocused();
  });

  test("close when the focus goes elsewhere", async ({ page, visit }) => {
    const seen = on(page);
    await visit("/");
    await seen.search.pressSequentially("sales");
    await expect(seen.suggestions).toBeVisible();
    await seen.search.press("Tab");
    await expect(seen.suggestions).toBeHidden();
  });

  test("leave an empty box when a Resource was chosen", async ({ page, visit }) => {
    const seen = on(page);
    await visit("/");
    for (const choose of [() => seen.search.press("Enter"), () => seen.suggestions.getByRole("option").first().click()]) {
      await seen.search.fill("salesraw");
      await expect(seen.suggestions.getByRole("option").first()).toContainText("salesraw");
      await seen.search.press("ArrowDown");
      await choose();
      await expect(seen.heading).toHaveText("salesraw");
      await expect(seen.search).toHaveValue("");
      await page.goBack();
      await expect(seen.heading).toHaveText("Overview");
      await expect(seen.search).toHaveValue("");
    }
  });

  test("say when nothing is named like that, and stay away when there is no answer", async ({ page, visit, problems }) => {
    const seen = on(page);
    await visit("/");
    await seen.search.pressSequentially("zzzzqq");
    await expect(seen.suggestions).toContainText("Nothing is named like that.");
    problems.expect(/503/);
    await page.route("**/api/ui/suggest*", (route) => route.fulfill({ status: 503, body: "<p>a proxy" }));
    const refused = page.waitForResponse(/suggest/);
    await seen.search.fill("sales");
    await refused;
    await expect(seen.suggestions).toBeHidden();
  });

  test("belong to the text in the box when an arrow key opens them again", async ({ page, visit }) => {
    const seen = on(page);
    await visit("/");
    await seen.search.pressSequentially("salesraw");
    await expect(seen.suggestions.getByRole("option").first()).toContainText("salesraw");
    await seen.search.press("Enter");
    await expect(seen.heading).toHaveText("All Resources");
    await page.goBack();
    await expect(seen.heading).toHaveText("Overview");
    await seen.search.fill("");
    await expect(seen.suggestions.getByRole("group", { name: "Recent searches" })).toBeVisible();
    await seen.suggestions.getByRole("option", { name: "Clear recent searches" }).click();
    for (let press = 0; press < 2; press += 1) await seen.search.press("ArrowDown");
    await expect(seen.suggestions, "there is nothing to suggest for an empty box").toBeHidden();
  });

  test("belong to what was typed last, however late an answer comes", async ({ page, visit }) => {
    const seen = on(page);
    await visit("/");
    let release = () => {};
    const released = new Promise<void>((done) => (release = done));
    const isEarly = (url: string) => new URL(url).searchParams.get("text") === "sales";
    await page.route(
      (url) => isEarly(url.href),
      async (route) => {
        await released;
        await route.continue();
      },
    );
    const asked = page.waitForRequest((request) => isEarly(request.url()));
    await seen.search.fill("sales");
    await asked;
    await seen.search.fill("minervaone");
    const options = seen.suggestions.getByRole("option");
    await expect(options.first()).toContainText("minervaone");

    const late = page.waitForResponse((response) => isEarly(response.url()));
    release();
    await (await late).finished();
    // Two frames: the page has had its chance to show the late answer.
    await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
    await expect(options.first()).toContainText("minervaone");
    await expect(options.filter({ hasText: "salesraw" })).toHaveCount(0);
  });

  test("are asked for once typing rests", async ({ page, visit }) => {
    const seen = on(page);
    await visit("/");
    const asked: string[] = [];
    page.on("request", (request) => {
      const text = new URL(request.url()).searchParams.get("text");
      if (text) asked.push(text);
    });
    await seen.search.pressSequentially("systemstreams");
    await expect(seen.suggestions.getByRole("option").first()).toContainText("systemstreams");
    expect(asked.length, `asked for ${asked.join(", ")}`).toBeLessThan("systemstreams".length);
    expect(asked.at(-1)).toBe("systemstreams");
  });
});

test.describe("completions", () => {
  test("lead from the beginning of a qualifier to a value, with the keyboard alone", async ({ page, visit }) => {
    const seen = on(page);
    await visit("/");
    await seen.search.pressSequentially("sta");
    const qualifiers = seen.suggestions.getByRole("group", { name: "Qualifiers" }).getByRole("option");
    await expect(qualifiers).toHaveCount(1);
    await expect(qualifiers).toContainText("state:");
    await seen.search.press("ArrowDown");
    await expect(qualifiers).toHaveAttribute("aria-selected", "true");
    await expect(seen.search).toHaveAttribute("aria-activedescendant", (await qualifiers.getAttribute("id")) ?? "");
    await seen.search.press("Tab");
    await expect(seen.search).toHaveValue("state:");
    await expect(seen.search).toBeFocused();

    const values = seen.suggestions.getByRole("group", { name: "State" }).getByRole("option");
    await expect(values.filter({ hasText: "state:active" })).toHaveText(/^state:active\s+[\d,]+$/);
    await seen.search.pressSequentially("er");
    await expect(values).toHaveCount(1);
    await expect(values).toContainText("state:error");
    await seen.search.press("ArrowDown");
    await seen.search.press("Enter");
    await expect(seen.search).toHaveValue("state:error ");
    await expect(seen.search).toBeFocused();
    await expect(seen.suggestions).toBeVisible();
    expect(address(page), "completing opens no page").toBe("/");

    await seen.search.pressSequentially("brokenlake");
    await seen.search.press("Enter");
    await expect(page).toHaveURL(/\/resources\?q=state%3Aerror\+brokenlake$/);
    await expect(seen.rows.first()).toHaveText("brokenlake");
  });

  test("are written when they are clicked, behind the words that are there", async ({ page, visit }) => {
    const seen = on(page);
    await visit("/");
    await seen.search.pressSequentially("orders-api works");
    await seen.suggestions.getByRole("option").filter({ hasText: "workspace:" }).click();
    await expect(seen.search).toHaveValue("orders-api workspace:");
    await seen.suggestions.getByRole("option").filter({ hasText: "workspace:sandbox" }).click();
    await expect(seen.search).toHaveValue("orders-api workspace:sandbox ");
    await expect(seen.search).toBeFocused();
    await expect(seen.suggestions.getByRole("option", { name: /^orders-api in sandbox/ })).toBeVisible();
    await expect(seen.suggestions.getByRole("option", { name: /^orders-api in public/ })).toBeHidden();
  });

  test("are one list with Resources and results for the arrow keys", async ({ page, visit }) => {
    const seen = on(page);
    await visit("/");
    await seen.search.pressSequentially("type");
    const options = seen.suggestions.getByRole("option");
    await expect(options.first()).toContainText("type:");
    await expect(options.last()).toHaveText("See all results for “type”");
    const count = await options.count();
    for (let at = 0; at < count; at += 1) {
      await seen.search.press("ArrowDown");
      await expect(options.nth(at)).toHaveAttribute("aria-selected", "true");
    }
    await seen.search.press("ArrowDown");
    await expect(options.first()).toHaveAttribute("aria-selected", "true");
  });

  test("offer what the Resources of the listing have", async ({ page, visit }) => {
    const seen = on(page);
    await visit("/resources/depots");
    await seen.search.pressSequentially("source:");
    const values = seen.suggestions.getByRole("group", { name: "Source" }).getByRole("option");
    await expect(values.first()).toBeVisible();
    expect(await values.count()).toBeLessThanOrEqual(8);
    await visit("/resources/services");
    await seen.search.pressSequentially("type:");
    const types = seen.suggestions.getByRole("group", { name: "Type" }).getByRole("option");
    await expect(types).toHaveText(/^type:service\s+[\d,]+$/);
  });
});

test.describe("a value that no Resource has", () => {
  test("is told while one types, with those that there are", async ({ page, visit }) => {
    const seen = on(page);
    await visit("/");
    await seen.search.pressSequentially("state:foo");
    await expect(seen.suggestions).toContainText("No Resources have the State “foo”. There are:");
    for (const state of ["active", "deleted", "error"]) {
      await expect(seen.suggestions.getByRole("option").filter({ hasText: `state:${state}` })).toBeVisible();
    }
    await seen.suggestions.getByRole("option").filter({ hasText: "state:active" }).click();
    await expect(seen.search).toHaveValue("state:active ");
  });

  test("is told by the listing that it empties", async ({ page, visit }) => {
    const seen = on(page);
    await visit("/resources/depots?q=salesraw+state:foo");
    await expect(seen.main).toContainText("No Depots have the State “foo”. There are:");
    await seen.main.getByRole("link", { name: "state:active" }).click();
    await expect(page).toHaveURL(/\/resources\/depots\?q=salesraw\+state%3Aactive$/);
    await expect(seen.rows.first()).toHaveText("salesraw");
    await expect(seen.search).toHaveValue("salesraw state:active");
  });
});

test("a type may be named by its plural", async ({ page, visit }) => {
  const seen = on(page);
  await visit("/resources?q=type:Depots");
  const results = await seen.results.innerText();
  expect(results).not.toMatch(/^0 /);
  await visit("/resources?q=type:depot");
  await expect(seen.results).toHaveText(results);
  await visit("/resources?type=depots");
  await expect(seen.results).toHaveText(results);
  const answer = await page.request.get("/api/v1/resources?q=type:DEPOTS&limit=1");
  expect(`${(await answer.json()).total} results`).toBe(results.replaceAll(",", ""));
});

test.describe("what is pasted", () => {
  for (const text of [
    "service:v1:orders-api:sandbox",
    "orders-api | v1 | service | sandbox",
    "sandbox.orders-api",
    "dataos.sandbox.orders-api",
  ]) {
    test(`\`${text}\` leads to its Resource`, async ({ page, visit }) => {
      const seen = on(page);
      await visit("/");
      await seen.search.fill(text);
      await expect(seen.suggestions.getByRole("option", { name: /^orders-api in sandbox/ }).first()).toBeVisible();
      await expect(seen.suggestions.getByRole("option").first()).toContainText("orders-api in sandbox");
      await seen.search.press("Enter");
      await expect(page).toHaveURL(/\/resources\?q=/);
      await expect(seen.rows.first()).toHaveText("orders-api");
    });
  }

  test("as the name of a runtime node leads to whose it is", async ({ page, visit }) => {
    const seen = on(page);
    await visit("/");
    await seen.search.fill("salesraw-ss-0");
    await expect(seen.suggestions.getByRole("option").first()).toContainText("salesraw");
  });
});

test.describe("recent searches", () => {
  test("are offered in an empty box, and forgotten on request", async ({ page, visit }) => {
    const seen = on(page);
    await visit("/");
    await seen.search.focus();
    await expect(seen.suggestions, "nothing was searched for yet").toBeHidden();
    for (const text of ["salesraw", "minervaone", "salesraw"]) {
      await seen.search.fill(text);
      await seen.search.press("Enter");
      await expect(seen.rows.first()).toHaveText(text);
    }
    await visit("/");
    const asked: string[] = [];
    page.on("request", (request) => asked.push(request.url()));
    await seen.search.focus();
    const recent = seen.suggestions.getByRole("group", { name: "Recent searches" }).getByRole("option");
    await expect(recent).toHaveText(["salesraw", "minervaone"]);
    expect(asked.filter((url) => /salesraw|minervaone|suggest/.test(url)), "they stay in the browser").toEqual([]);
    for (let press = 0; press < 2; press += 1) await seen.search.press("ArrowDown");
    await seen.search.press("Enter");
    await expect(page).toHaveURL(/\/resources\?q=minervaone$/);
    await expect(seen.search).toHaveValue("minervaone");

    await seen.search.fill("");
    await expect(recent).toHaveText(["minervaone", "salesraw"]);
    await seen.suggestions.getByRole("option", { name: "Clear recent searches" }).click();
    await expect(seen.suggestions).toBeHidden();
    await expect(seen.search).toBeFocused();
    expect(await page.evaluate(() => localStorage.getItem("pharos-searches"))).toBeNull();
  });

  test("are the last eight texts", async ({ page, visit }) => {
    const seen = on(page);
    await visit("/");
    await page.evaluate(() => localStorage.setItem("pharos-searches", "1\n2\n3\n4\n5\n6\n7\n8"));
    await seen.search.fill("salesraw");
    await seen.search.press("Enter");
    await expect(seen.rows.first()).toHaveText("salesraw");
    await seen.search.fill("");
    const recent = seen.suggestions.getByRole("group", { name: "Recent searches" }).getByRole("option");
    await expect(recent).toHaveText(["salesraw", "1", "2", "3", "4", "5", "6", "7"]);
  });

  test("are none where the browser keeps nothing, and all else works", async ({ page, visit }) => {
    await page.addInitScript(() => {
      Object.defineProperty(window, "localStorage", {
        get: () => {
          throw new DOMException("not allowed here", "SecurityError");
        },
      });
    });
    const seen = on(page);
    await visit("/");
    await seen.search.fill("salesraw");
    await seen.search.press("Enter");
    await expect(seen.rows.first()).toHaveText("salesraw");
    await seen.search.fill("");
    await seen.search.press("ArrowDown");
    await expect(seen.suggestions).toBeHidden();
  });
});

test("the number of suggestions is announced", async ({ page, visit }) => {
  const seen = on(page);
  await visit("/");
  await expect(seen.announced).toHaveText("");
  await seen.search.pressSequentially("salesraw");
  await expect(seen.announced).toHaveText(/^\d+ suggestions?$/);
  await seen.search.fill("zzzzqq");
  await expect(seen.announced).toHaveText("No suggestions");
  await seen.search.fill("state:foo");
  await expect(seen.announced).toHaveText(/^No Resources have the State “foo”\. There are: \d+ suggestions$/);
  await seen.search.press("Escape");
  await expect(seen.announced).toHaveText("");
});

for (const width of [360, 1280]) {
  test(`a search that is longer than ${width} pixels stays inside`, async ({ page, visit }) => {
    const seen = on(page);
    await page.setViewportSize({ width, height: 800 });
    const fits = async () => {
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
    };
    await visit(`/resources/depots?q=${"x".repeat(600)}`);
    await expect(seen.main).toContainText("Nothing found");
    await fits();
    await seen.search.fill("");
    await seen.search.fill("y".repeat(400));
    await expect(seen.suggestions).toContainText("See all results for");
    await fits();
    const list = await seen.suggestions.boundingBox();
    expect(list?.height, "a long text is cut").toBeLessThan(300);
    expect(await seen.suggestions.evaluate((box) => box.scrollWidth - box.clientWidth)).toBe(0);

    const limit = Number(await seen.search.getAttribute("maxlength"));
    await seen.search.fill("€".repeat(limit));
    await seen.search.press("Enter");
    await expect(page).toHaveURL(/q=%E2%82%AC/);
    await expect(seen.main, "the longest text is searched for").toContainText("No Depots match “€€€");
  });
}

test("qualifiers narrow a search down", async ({ page, visit }) => {
  const seen = on(page);
  // Wide enough for the column Workspace.
  await page.setViewportSize({ width: 1440, height: 900 });
  await visit("/");
  await seen.search.fill("type:service workspace:sandbox orders-api");
  await seen.search.press("Enter");
  await expect(page).toHaveURL(/q=type%3Aservice\+workspace%3Asandbox\+orders-api$/);
  await expect(seen.rows.first()).toHaveText("orders-api");
  const row = page.getByRole("row", { name: /^orders-api/ }).first();
  await expect(row.getByRole("cell", { name: "sandbox", exact: true })).toBeVisible();

  await seen.search.fill("type:depot state:error");
  await seen.search.press("Enter");
  await expect(seen.rows).toContainText(["brokenlake"]);
  const states = page.getByRole("main").getByRole("cell", { name: "error", exact: true });
  await expect(states).toHaveCount(await seen.rows.count());
});

test("a typing error still finds the Depot", async ({ page, visit }) => {
  const seen = on(page);
  await visit("/");
  await seen.search.fill("salesrwa");
  await seen.search.press("Enter");
  await expect(seen.rows).toContainText(["salesraw"]);
});

test("the box says what the page shows, also after back and forward", async ({ page, visit }) => {
  const seen = on(page);
  await visit("/resources?q=lakehouse");
  await expect(seen.search).toHaveValue("lakehouse");
  await mark(page);
  await seen.search.fill("minervaone");
  await seen.search.press("Enter");
  await expect(seen.rows.first()).toHaveText("minervaone");
  await page.goBack();
  await expect(seen.search).toHaveValue("lakehouse");
  await expect(seen.rows.first()).toHaveText("lakehouse");
  await page.goForward();
  await expect(seen.search).toHaveValue("minervaone");
  await expect(seen.rows.first()).toHaveText("minervaone");
  await expectSameDocument(page);
});

test("what was typed before the page came alive is kept", async ({ page }) => {
  const seen = on(page);
  let release = () => {};
  const released = new Promise<void>((done) => (release = done));
  await page.route(/\.wasm$/, async (route) => {
    await released;
    await route.continue();
  });
  await open(page, "/");
  await seen.search.fill("salesraw");
  release();
  await expect(page.locator("html[data-hydrated=true]")).toBeAttached();
  await expect(seen.search).toHaveValue("salesraw");
  await seen.search.press("Enter");
  await expect(seen.rows.first()).toHaveText("salesraw");
  expect(address(page)).toBe("/resources?q=salesraw");
});

test.describe("a search", () => {
  test("excludes what a minus stands before", async ({ page, visit }) => {
    const seen = on(page);
    await visit("/resources?q=salesraw");
    await expect(seen.rows.first()).toHaveText("salesraw");
    await visit("/resources?q=salesraw+-depot");
    await expect(seen.rows.filter({ hasText: /^salesraw$/ })).toHaveCount(0);
  });

  test("says what an address asks for that there is not", async ({ page, visit }) => {
    await visit("/resources?sort=name");
    await expect(page.getByRole("note")).toHaveCount(0);
    await visit("/resources?sort=foo&page=999");
    await expect(page.getByRole("note")).toHaveCount(2);
    await expect(page.getByRole("note").first()).toContainText("Nothing is sorted by “foo”. There are: relevance, name");
    await visit("/resources?state=active&state=foo");
    await expect(page.getByText("No Resources have the State “foo”. There are:")).toBeVisible();
    await page.getByRole("link", { name: "state:deleted", exact: true }).click();
    await expect(page).toHaveURL(/state=active&state=deleted/);
  });
});
