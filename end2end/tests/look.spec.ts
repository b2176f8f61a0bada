// Themes, paper and phones.
import { expect, on, test } from "../setup/test";

const ground = () => getComputedStyle(document.body).backgroundColor;

/** How bright a colour of CSS is, 0 to 255. */
function brightness(colour: string): number {
  const [red, green, blue] = (colour.match(/[\d.]+/g) ?? []).map(Number);
  return 0.299 * red + 0.587 * green + 0.114 * blue;
}

for (const colorScheme of ["light", "dark"] as const) {
  test(`the ${colorScheme} theme follows the system, without scripts too`, async ({ browser, baseURL, problems }) => {
    for (const javaScriptEnabled of [true, false]) {
      if (!javaScriptEnabled) problems.expect(/\.js: csp$/);
      const context = await browser.newContext({ baseURL, colorScheme, javaScriptEnabled });
      problems.watch(context);
      const page = await context.newPage();
      await page.goto("/resources/depots");
      await expect(on(page).rows.first()).toBeVisible();
      const bright = brightness(await page.evaluate(ground));
      if (colorScheme === "light") expect(bright).toBeGreaterThan(200);
      else expect(bright).toBeLessThan(60);
      await context.close();
    }
  });

  test(`the toggle turns the ${colorScheme} theme over, for good`, async ({ page, visit }) => {
    await page.emulateMedia({ colorScheme });
    await visit("/");
    const before = await page.evaluate(ground);
    await page.getByRole("button", { name: "Switch between light and dark" }).click();
    await expect.poll(() => page.evaluate(ground)).not.toBe(before);
    const after = await page.evaluate(ground);
    await visit("/resources/depots");
    expect(await page.evaluate(ground)).toBe(after);
    await page.getByRole("button", { name: "Switch between light and dark" }).click();
    await expect.poll(() => page.evaluate(ground)).toBe(before);
    await page.reload();
    expect(await page.evaluate(ground)).toBe(before);
    // What the system has is nobody's choice: it goes on with the system.
    await page.emulateMedia({ colorScheme: colorScheme === "dark" ? "light" : "dark" });
    await expect.poll(() => page.evaluate(ground)).toBe(after);
  });
}

test("the reference of the API has the theme of the site, and leads back to it", async ({ page, visit }) => {
  await page.emulateMedia({ colorScheme: "light" });
  await visit("/");
  const before = await page.evaluate(ground);
  await page.getByRole("button", { name: "Switch between light and dark" }).click();
  await expect.poll(() => page.evaluate(ground)).not.toBe(before);
  const after = await page.evaluate(ground);
  await on(page).types.getByRole("link", { name: "API" }).click();
  await expect(on(page).heading).toHaveText("REST API");
  expect(await page.evaluate(ground)).toBe(after);
  await page.getByRole("banner").getByRole("link", { name: "Pharos: overview" }).click();
  await expect(on(page).heading).toHaveText("Overview");
});

test("paper shows the page in light colours, without what only leads on, and all columns", async ({ page, visit }) => {
  const seen = on(page);
  await page.emulateMedia({ colorScheme: "dark" });
  // About as wide as a sheet of A4 within its margins, upright and lying.
  for (const width of [718, 1047]) {
    await page.setViewportSize({ width, height: 1000 });
    for (const path of ["/resources", "/resources/depots/salesraw/runtime"]) {
      await page.emulateMedia({ media: "screen" });
      await visit(path);
      await expect(seen.search).toBeVisible();
      await page.emulateMedia({ media: "print" });
      await expect.poll(async () => brightness(await page.evaluate(ground)), path).toBeGreaterThan(250);
      await expect(page.getByRole("banner")).toBeHidden();
      await expect(page.getByRole("navigation")).toHaveCount(0);
      await expect(page.getByRole("button")).toHaveCount(0);
      await expect(seen.facets).toBeHidden();
      await expect(seen.heading).toBeVisible();
      const titles = seen.main.getByRole("table").getByRole("columnheader");
      expect(await titles.count()).toBeGreaterThan(5);
      for (const title of await titles.all()) {
        const box = await title.boundingBox();
        if (!box) continue;
        expect(box.x + box.width, `${await title.textContent()} on ${path}`).toBeLessThanOrEqual(width);
      }
    }
  }
});

test.describe("on a phone", () => {
  test.use({ viewport: { width: 390, height: 844 } });

  test("types and filters unfold", async ({ page, visit }) => {
    const seen = on(page);
    await visit("/resources/services");
    const depots = seen.types.getByRole("link", { name: /^Depots/ });
    await expect(depots).toBeHidden();
    await seen.types.getByText("Resource types").click();
    await depots.click();
    await expect(seen.heading).toHaveText("Depots");
    await expect(depots).toBeHidden();

    const active = seen.facets.getByRole("link", { name: /^active/ });
    await expect(active).toBeHidden();
    await seen.main.getByText("Filters", { exact: true }).click();
    await active.click();
    await expect(page).toHaveURL(/state=active$/);
    await expect(seen.rows.first()).toBeVisible();
  });

  test("the settings can be reached", async ({ page, visit }) => {
    await visit("/");
    await page.getByRole("button", { name: "Keyboard shortcuts and settings" }).click();
    const choice = on(page).help.getByRole("checkbox", { name: "Single-key shortcuts" });
    await expect(choice).toBeInViewport();
    await expect(choice).toBeChecked();
  });

  test("rows say what their values are", async ({ page, visit }) => {
    const seen = on(page);
    await visit("/resources/depots?q=salesraw");
    const row = seen.main.getByRole("row").filter({ has: page.getByRole("link", { name: "salesraw", exact: true }) });
    await expect(row).toBeVisible();
    const box = await row.boundingBox();
    expect(box?.width).toBeLessThanOrEqual(390);
    await seen.rows.first().click();
    await expect(seen.heading).toHaveText("salesraw");
  });
});

test("nothing moves when the page comes alive", async ({ page, visit }) => {
  await page.addInitScript(() => {
    Object.assign(window, { moved: 0 });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries() as (PerformanceEntry & { value: number })[]) {
        (window as unknown as { moved: number }).moved += entry.value;
      }
    }).observe({ type: "layout-shift", buffered: true });
  });
  for (const path of ["/", "/resources/depots", "/resources/depots/salesraw/runtime"]) {
    await visit(path);
    expect(await page.evaluate(() => (window as unknown as { moved: number }).moved), path).toBeLessThan(0.01);
  }
});
