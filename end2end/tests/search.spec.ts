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
    await seen.search.press("ArrowDown");
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

test("qualifiers narrow a search down", async ({ page, visit }) => {
  const seen = on(page);
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
