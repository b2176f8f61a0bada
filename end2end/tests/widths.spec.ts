// No page scrolls sideways and no table is cut off, on any screen. A page that is enlarged to 200 % on a screen of 1280
// pixels has room for 640.
import type { Page } from "@playwright/test";
import { PAGES } from "../setup/pages";
import { expect, on, test } from "../setup/test";

const WIDTHS = [320, 390, 640, 768, 1024, 1280, 1440, 1920];

/** Gives the window a width, and waits until the page is laid out for it. */
async function widen(page: Page, width: number): Promise<void> {
  await page.setViewportSize({ width, height: width < 500 ? 844 : 900 });
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
}

/** By how much the page scrolls sideways. */
function sideways(page: Page): Promise<number> {
  return page.evaluate(() => {
    const root = document.scrollingElement ?? document.documentElement;
    return Math.max(root.scrollWidth - root.clientWidth, 0);
  });
}

/** The tables that something round them cuts off, or scrolls sideways. */
function cutTables(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const found: string[] = [];
    for (const table of document.querySelectorAll("table")) {
      for (let around = table.parentElement; around && around !== document.body; around = around.parentElement) {
        if (getComputedStyle(around).overflowX === "visible" || around.scrollWidth <= around.clientWidth) continue;
        const last = [...table.querySelectorAll("thead th")].at(-1)?.textContent?.trim();
        found.push(`the table up to ${last} is ${around.scrollWidth} wide and has room for ${around.clientWidth}`);
      }
    }
    return found;
  });
}

/** What does not fit at any of the widths, and where the content has too little of them. */
async function walk(page: Page): Promise<string[]> {
  const found: string[] = [];
  for (const width of WIDTHS) {
    await widen(page, width);
    const beyond = await sideways(page);
    if (beyond > 0) found.push(`${width}: the page scrolls sideways by ${beyond}`);
    found.push(...(await cutTables(page)).map((table) => `${width}: ${table}`));
    const main = await on(page).main.boundingBox();
    const least = width < 500 ? width * 0.8 : width * 0.5;
    if ((main?.width ?? 0) < least) found.push(`${width}: the content is ${main?.width} wide`);
  }
  return found;
}

for (const { name, path, missing } of [...PAGES, { name: "the sources", path: "/sources", missing: false }]) {
  test(`${name} fits on every screen`, async ({ page, visit, problems }) => {
    if (missing) problems.expect(/404/);
    await visit(path);
    await expect(on(page).heading).toBeVisible();
    expect(await walk(page)).toEqual([]);
  });
}

test("the reference of the API fits on every screen", async ({ page }) => {
  await page.goto("/api");
  await expect(on(page).heading).toHaveText("REST API");
  expect(await walk(page)).toEqual([]);
});

test("the help on keys fits on every screen", async ({ page, visit }) => {
  const seen = on(page);
  await visit("/");
  await page.getByRole("button", { name: "Keyboard shortcuts and settings" }).click();
  await expect(seen.help).toBeVisible();
  for (const width of WIDTHS) {
    await widen(page, width);
    expect(await sideways(page), `${width}`).toBe(0);
    const { content, room } = await seen.help.evaluate((help) => ({ content: help.scrollWidth, room: help.clientWidth }));
    expect(content, `${width}`).toBeLessThanOrEqual(room);
  }
});

test("suggestions fit on every screen", async ({ page, visit }) => {
  const seen = on(page);
  await visit("/");
  await seen.search.fill("customer-loyalty");
  await expect(seen.suggestions).toBeVisible();
  for (const width of WIDTHS) {
    await widen(page, width);
    const box = await seen.suggestions.boundingBox();
    expect(box?.x, `${width}`).toBeGreaterThanOrEqual(0);
    expect((box?.x ?? 0) + (box?.width ?? 0), `${width}`).toBeLessThanOrEqual(width);
    expect(await sideways(page), `${width}`).toBe(0);
  }
});
