// Themes and widths.
import { PAGES } from "../setup/pages";
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

for (const width of [360, 390, 768, 1280, 1920]) {
  test.describe(`${width} pixels wide`, () => {
    test.use({ viewport: { width, height: width < 500 ? 844 : 900 } });

    for (const { name, path, missing } of PAGES) {
      test(`${name} fits`, async ({ page, visit, problems }) => {
        if (missing) problems.expect(/404/);
        await visit(path);
        await expect(on(page).heading).toBeVisible();
        const { content, window } = await page.evaluate(() => ({
          content: document.documentElement.scrollWidth,
          window: document.documentElement.clientWidth,
        }));
        expect(content, "nothing sticks out sideways").toBeLessThanOrEqual(window);
        const main = await on(page).main.boundingBox();
        expect(main?.width, "the content has room").toBeGreaterThan(width < 500 ? width * 0.8 : width * 0.5);
      });
    }

    test("suggestions fit", async ({ page, visit }) => {
      const seen = on(page);
      await visit("/");
      await seen.search.fill("customer-loyalty");
      await expect(seen.suggestions).toBeVisible();
      const box = await seen.suggestions.boundingBox();
      expect(box?.x).toBeGreaterThanOrEqual(0);
      expect((box?.x ?? 0) + (box?.width ?? 0)).toBeLessThanOrEqual(width);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
    });
  });
}

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
