// Looking at a Resource beside the listing.
import type { Page } from "@playwright/test";
import { Catalog } from "../setup/pharos";
import { address, alive, expect, expectSameDocument, mark, on, test } from "../setup/test";

const LISTING = "/resources/depots?state=active&sort=name";

const drawer = (page: Page) => page.getByRole("region", { name: /.+/ }).filter({ has: page.getByRole("link", { name: "Close the preview" }) });
const previewed = (page: Page) => drawer(page).getByRole("heading", { level: 2 });
const button = (page: Page, name: string) => on(page).main.getByRole("link", { name: `Preview ${name}`, exact: true });

test("a Resource is looked at beside its listing, which stays as it is", async ({ page, visit }) => {
  const seen = on(page);
  await visit(LISTING);
  await mark(page);
  const names = await seen.rows.allTextContents();
  await page.mouse.wheel(0, 300);
  const place = 300;
  await expect.poll(() => page.evaluate(() => scrollY)).toBe(place);
  await seen.rows.nth(8).hover();
  await button(page, names[8]).click();
  await expect(previewed(page)).toHaveText(names[8]);
  await expect(previewed(page)).toBeFocused();
  await expect(page).toHaveURL(new RegExp(`\\?state=active&sort=name&preview=depots/${names[8]}$`));
  await expect(drawer(page)).toContainText(/Depot.*(Healthy|Failed|Degraded|Starting|Unknown).*State.*active.*Runtime.*Updated.*Newest changes/s);
  expect(await seen.rows.allTextContents()).toEqual(names);
  expect(Math.abs((await page.evaluate(() => scrollY)) - place)).toBeLessThan(2);
  await expectSameDocument(page);

  await drawer(page).getByRole("link", { name: "Open the page" }).click();
  await expect(seen.heading).toHaveText(names[8]);
  await page.getByRole("link", { name: "Back to the listing" }).click();
  await expect(previewed(page)).toHaveText(names[8]);
  await page.goBack();
  await expect(drawer(page)).toHaveCount(0);
  await expect(page).toHaveURL(/\?state=active&sort=name$/);
  await expectSameDocument(page);
});

test("what is not well says why and since when, and names its failed nodes", async ({ page, visit }) => {
  const seen = on(page);
  await visit("/resources?health=failed&type=workflow");
  await seen.rows.first().focus();
  await page.keyboard.press("p");
  await expect(drawer(page)).toContainText(/Workflow in \w+.*Failed.* since .+ ago/s);
});

for (const key of ["p", "Space"]) {
  test(`the key ${key} opens and closes it, and the focus stays on the row`, async ({ page, visit }) => {
    const seen = on(page);
    await visit(LISTING);
    await page.keyboard.press("j");
    await page.keyboard.press(key);
    await expect(previewed(page)).toHaveText((await seen.rows.first().textContent()) ?? "");
    await expect(seen.rows.first()).toBeFocused();
    expect(await page.evaluate(() => scrollY)).toBe(0);
    await page.keyboard.press(key);
    await expect(drawer(page)).toHaveCount(0);
    await expect(seen.rows.first()).toBeFocused();
  });
}

test("the keys of the preview do nothing where no row has the focus", async ({ page, visit }) => {
  await visit(LISTING);
  for (const key of ["p", "Space"]) await page.keyboard.press(key);
  await expect.poll(() => page.evaluate(() => scrollY), "the space bar scrolls as always").toBeGreaterThan(100);
  await expect(drawer(page)).toHaveCount(0);
});

test("`j` and `k` look at the next and the previous row, and one step back closes it", async ({ page, visit }) => {
  const seen = on(page);
  await visit(LISTING);
  const names = await seen.rows.allTextContents();
  const entries = await page.evaluate(() => history.length);
  for (const key of ["j", "j", "p"]) await page.keyboard.press(key);
  await expect(previewed(page)).toHaveText(names[1]);
  await page.keyboard.press("j");
  await expect(previewed(page)).toHaveText(names[2]);
  await expect(page).toHaveURL(new RegExp(`preview=depots/${names[2]}$`));
  for (const key of ["k", "k"]) await page.keyboard.press(key);
  await expect(previewed(page)).toHaveText(names[0]);
  await expect(seen.rows.first()).toBeFocused();
  expect(await page.evaluate(() => history.length)).toBe(entries + 1);

  // From inside, they go on from the row that is looked at.
  await previewed(page).focus();
  await page.keyboard.press("j");
  await expect(previewed(page)).toHaveText(names[1]);
  await page.goBack();
  await expect(drawer(page)).toHaveCount(0);
  await page.goForward();
  await expect(previewed(page)).toHaveText(names[1]);
});

test("Escape and the button close it, the focus goes to the row, and what is selected stays so", async ({ page, visit }) => {
  const seen = on(page);
  const selected = page.getByRole("group", { name: "Selected rows" }).getByRole("status").first();
  await visit(LISTING);
  const name = (await seen.rows.nth(1).textContent()) ?? "";
  for (const key of ["j", "x", "j"]) await page.keyboard.press(key);
  await button(page, name).press("Enter");
  await expect(previewed(page)).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(drawer(page)).toHaveCount(0);
  await expect(seen.rows.nth(1)).toBeFocused();
  await expect(selected).toHaveText("1 selected");
  expect(address(page)).toBe(LISTING);

  await page.keyboard.press("p");
  await drawer(page).getByRole("link", { name: "Close the preview" }).click();
  await expect(drawer(page)).toHaveCount(0);
  await expect(seen.rows.nth(1)).toBeFocused();
  // Now nothing is open that Escape would close.
  await page.keyboard.press("Escape");
  await expect(selected).toHaveText("Nothing selected");
});

test("its address can be shared and reloaded, and closing it leaves the listing", async ({ page, visit }) => {
  const seen = on(page);
  await visit("/resources/depots?preview=depots%2Fsalesraw&sort=name");
  await expect(previewed(page)).toHaveText("salesraw");
  await expect(seen.rows).toHaveCount(25);
  await page.reload();
  await alive(page);
  await expect(previewed(page)).toHaveText("salesraw");
  await page.keyboard.press("Escape");
  await expect(drawer(page)).toHaveCount(0);
  expect(address(page)).toBe("/resources/depots?sort=name");

  // One of another type, and one that is not there.
  await visit("/resources/depots?preview=services/public.orders-api");
  await expect(previewed(page)).toHaveText("orders-api");
  await expect(drawer(page)).toContainText("Service in public");
  await visit("/resources/depots?preview=depots/qqqxxxzzz");
  await expect(drawer(page)).toContainText("It is not in the catalog.");
  await expect(seen.rows).toHaveCount(25);
});

test("single keys that are switched off do not open it, and its link still does", async ({ page, visit }) => {
  const seen = on(page);
  await visit(LISTING);
  await page.evaluate(() => localStorage.setItem("pharos-single-keys", "off"));
  await page.reload();
  await alive(page);
  await seen.rows.first().focus();
  await page.keyboard.press("p");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await expect(previewed(page)).toHaveText((await seen.rows.first().textContent()) ?? "");
  await page.keyboard.press("Escape");
  await expect(drawer(page)).toHaveCount(0);
});

test("it follows what happens to its Resource", async ({ page, context }) => {
  const head = ["  NAME | VERSION | TYPE  | WORKSPACE | STATUS | RUNTIME | OWNER", "-------|---------|-------|-----------|--------|---------|------"];
  const service = (runtime: string) => [...head, `  orders-api | v1 | service | public | active | ${runtime} | ada  `, ""].join("\n");
  const catalog = await Catalog.empty();
  try {
    await catalog.import(service("running:1"));
    await page.goto(`${await catalog.serve()}/resources/services?preview=services/public.orders-api`);
    await alive(page);
    await expect(page.getByRole("button", { name: "Live updates: live", exact: true })).toBeVisible();
    await expect(drawer(page)).toContainText("Healthy");
    await catalog.import(service("failed"));
    await expect(drawer(page)).toContainText("Failed");
    await expect(drawer(page)).toContainText("Runtime: running:1 → failed");
  } finally {
    await context.close();
    await catalog.remove();
  }
});

test.describe("on a phone", () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true });

  test("it is a sheet over the list", async ({ page, visit }) => {
    const seen = on(page);
    await visit(LISTING);
    const name = (await seen.rows.nth(2).textContent()) ?? "";
    await button(page, name).tap();
    await expect(previewed(page)).toHaveText(name);
    const box = await drawer(page).boundingBox();
    expect(box?.width).toBe(390);
    expect(Math.round((box?.y ?? 0) + (box?.height ?? 0))).toBe(844);
    expect(box?.height ?? 0).toBeLessThanOrEqual(844 * 0.75 + 1);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
    await drawer(page).getByRole("link", { name: "Close the preview" }).tap();
    await expect(drawer(page)).toHaveCount(0);
  });
});

test.describe("without JavaScript", () => {
  test.use({ javaScriptEnabled: false });

  test("the server sends the listing with it, and a link closes it", async ({ page, visit }) => {
    const seen = on(page);
    await visit(LISTING);
    const name = (await seen.rows.nth(3).textContent()) ?? "";
    await button(page, name).focus();
    await page.keyboard.press("Enter");
    await expect(previewed(page)).toHaveText(name);
    await expect(seen.rows).toHaveCount(25);
    await drawer(page).getByRole("link", { name: "Close the preview" }).click();
    await expect(drawer(page)).toHaveCount(0);
    expect(address(page)).toBe(LISTING);
  });
});
