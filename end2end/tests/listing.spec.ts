// Looking through listings.
import { readFile } from "node:fs/promises";
import type { Locator, Page } from "@playwright/test";
import { address, expect, expectSameDocument, mark, on, test } from "../setup/test";

/** The number at the front of a text, thousands parted: `1,500 results`. */
function count(text: string | null): number {
  return Number((text ?? "").replaceAll(",", "").match(/^\d+/)?.[0]);
}

async function total(page: Page): Promise<number> {
  return count(await on(page).results.textContent());
}

/** Waits until a listing has this many results. */
async function expectTotal(page: Page, expected: number): Promise<void> {
  await expect.poll(() => total(page)).toBe(expected);
}

test("a chip narrows a listing down to a State and back", async ({ page, visit }) => {
  const seen = on(page);
  await visit("/resources/depots");
  await mark(page);
  const all = await total(page);
  const deleted = seen.states.getByRole("link", { name: /deleted$/ });
  const many = count(await deleted.textContent());
  await deleted.click();
  await expect(page).toHaveURL(/\/resources\/depots\?state=deleted$/);
  await expect(deleted).toHaveAttribute("aria-current", "true");
  await expectTotal(page, many);
  await expect(seen.main.getByRole("row").getByRole("cell", { name: "deleted", exact: true })).toHaveCount(25);
  await deleted.click();
  await expect(page).toHaveURL(/\/resources\/depots$/);
  await expectTotal(page, all);
  await expectSameDocument(page);
});

test("the chips count every State of the type", async ({ page, visit }) => {
  const seen = on(page);
  await visit("/resources/services");
  const counts = await seen.states.getByRole("link").allTextContents();
  expect(counts.map(count).reduce((sum, one) => sum + one, 0)).toBe(await total(page));
});

test("under words and filters the chips count what the listing holds", async ({ page, visit }) => {
  const seen = on(page);
  for (const query of ["q=orders", "workspace=public"]) {
    await visit(`/resources?${query}`);
    const counts = await seen.states.getByRole("link").allTextContents();
    expect(counts.map(count).reduce((sum, one) => sum + one, 0), query).toBe(await total(page));
  }
});

test("facets narrow a listing down together, and each can be dropped", async ({ page, visit }) => {
  const seen = on(page);
  // Wide enough for the column Workspace.
  await page.setViewportSize({ width: 1440, height: 900 });
  await visit("/resources/services");
  const running = seen.facets.getByRole("link", { name: /^running \d/ });
  const many = count((await running.textContent())?.replace("running", "") ?? "");
  await running.click();
  await expect(page).toHaveURL(/\?runtime=running$/);
  await expectTotal(page, many);

  await seen.facets.getByRole("link", { name: /^public \d/ }).click();
  await expect(page).toHaveURL(/\?runtime=running&workspace=public$/);
  await expect(seen.chosen.getByRole("link", { name: "Remove Runtime: running" })).toBeVisible();
  await expect(seen.facets.getByRole("link", { name: /^public \d/ })).toHaveAttribute("aria-current", "true");
  const workspaces = seen.main.getByRole("cell", { name: "public", exact: true });
  await expect.poll(async () => (await seen.rows.count()) - (await workspaces.count())).toBe(0);

  await seen.chosen.getByRole("link", { name: "Remove Runtime: running" }).click();
  await expect(page).toHaveURL(/\/resources\/services\?workspace=public$/);
  await seen.chosen.getByRole("link", { name: "Clear all" }).click();
  await expect(page).toHaveURL(/\/resources\/services$/);
  await expect(seen.chosen).toBeHidden();
});

/** A facet with its values. */
function facet(page: Page, name: string): Locator {
  return on(page).facets.getByRole("group").filter({ hasText: new RegExp(`^${name}`) });
}

/** The values of a facet that are in sight, without their counts. */
async function values(facet: Locator): Promise<string[]> {
  const texts = await facet.getByRole("link").allTextContents();
  return texts.map((text) => text.replace(/[\d,]+$/, ""));
}

test("the values of a facet keep their places while one chooses", async ({ page, visit }) => {
  const seen = on(page);
  await visit("/resources/services");
  const owners = facet(page, "Owner");
  const before = await values(owners);
  expect(before).toHaveLength(10);
  for (const place of [4, 7]) {
    await owners.getByRole("link").nth(place).click();
    await expect(owners.getByRole("link").nth(place)).toHaveAttribute("aria-current", "true");
    await expect(seen.chosen).toContainText(`Owner: ${before[place]}`);
    expect(await values(owners)).toEqual(before);
  }
  const workspaces = facet(page, "Workspace");
  const all = await values(workspaces);
  await workspaces.getByRole("link").last().click();
  await expect(seen.chosen).toContainText(`Workspace: ${all.at(-1)}`);
  // What the other filters leave of the values stands in the same order.
  const left = await values(owners);
  expect(left.filter((value) => before.includes(value))).toEqual(before.filter((value) => left.includes(value)));
  await seen.chosen.getByRole("link", { name: "Clear all" }).click();
  await expect(seen.chosen).toBeHidden();
  await expect.poll(() => values(owners)).toEqual(before);
});

test("a chosen value is in sight where it stands, also on the page that the server sends", async ({ page, visit }) => {
  await visit("/resources/services");
  const owners = facet(page, "Owner");
  await owners.getByText(/^\d+ more$/).click();
  const all = await values(owners);
  expect(all.length).toBeGreaterThan(10);
  await owners.getByRole("link").nth(14).click();
  await expect(owners.getByRole("link").nth(14)).toHaveAttribute("aria-current", "true");
  await expect(owners.getByRole("link").nth(14)).toBeFocused();
  // There may be one more, which comes last: so many others are listed beside those that are chosen.
  expect((await values(owners)).slice(0, all.length)).toEqual(all);

  await visit(address(page));
  await expect(owners.getByRole("link").nth(14)).toHaveAttribute("aria-current", "true");
  expect((await values(owners))[14]).toBe(all[14]);
  // It stays unfolded when the value is dropped again, and the focus stays on it.
  await owners.getByRole("link").nth(14).focus();
  await page.keyboard.press("Enter");
  await expect(owners.getByRole("link").nth(14)).not.toHaveAttribute("aria-current");
  await expect(owners.getByRole("link").nth(14)).toBeFocused();
});

test("a value is found among many, and what was typed stays while one chooses", async ({ page, visit }) => {
  const seen = on(page);
  await visit("/resources/services");
  await mark(page);
  const owners = facet(page, "Owner");
  const field = owners.getByRole("searchbox", { name: "Find a value of Owner" });
  const before = await values(owners);
  await field.fill("AR");
  await expect(owners.getByRole("status")).toHaveText(/^\d+ values$/);
  const found = await values(owners);
  expect(found.length).toBeGreaterThan(1);
  expect(found.every((value) => value.includes("ar"))).toBe(true);
  await expect(owners.getByText(/^\d+ more$/)).toBeHidden();

  await field.press("Tab");
  await expect(owners.getByRole("link").first()).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(seen.chosen).toContainText(`Owner: ${found[0]}`);
  await expect(owners.getByRole("link").first()).toHaveAttribute("aria-current", "true");
  await expect(owners.getByRole("link").first()).toBeFocused();
  await expect(field).toHaveValue("AR");
  expect(await values(owners)).toEqual(found);

  await field.fill("qqqxxxzzz");
  await expect(owners.getByRole("status")).toHaveText("No such value");
  await expect(owners.getByRole("link")).toHaveCount(0);
  await field.press("Escape");
  await expect(field).toHaveValue("");
  await expect(field).toBeFocused();
  expect(await values(owners)).toEqual(before);
  // Where there are few values there is nothing to find.
  await expect(facet(page, "Workspace").getByRole("searchbox")).toHaveCount(0);
  await expectSameDocument(page);
});

test.describe("without JavaScript", () => {
  test.use({ javaScriptEnabled: false });

  test("facets narrow down, and show no field that would do nothing", async ({ page, visit }) => {
    await visit("/resources/services");
    await expect(page.getByRole("searchbox")).toHaveCount(0);
    const owners = facet(page, "Owner");
    const before = await values(owners);
    await owners.getByRole("link").nth(2).click();
    await expect(owners.getByRole("link").nth(2)).toHaveAttribute("aria-current", "true");
    expect(await values(owners)).toEqual(before);
  });
});

const COLUMNS = [
  ["Name", "name"],
  ["Type", "type"],
  ["State", "state"],
  ["Runtime", "runtime"],
  ["Workspace", "workspace"],
  ["Source", "source"],
  ["Owner", "owner"],
] as const;

for (const [title, word] of [...COLUMNS, ["Updated", "updated"] as const]) {
  test(`the column ${title} sorts both ways, and then no more`, async ({ page, visit }) => {
    const seen = on(page);
    const newestFirst = title === "Updated";
    const [first, second] = newestFirst ? [`-${word}`, word] : [word, `-${word}`];
    // Wide enough for all columns.
    await page.setViewportSize({ width: 1920, height: 1000 });
    await visit("/resources");
    await mark(page);
    // Depots bring the column Source, and the words of the other columns differ among all Resources.
    if (title === "Source") await seen.types.getByRole("link", { name: /^Depots/ }).click();
    const heading = seen.main.getByRole("columnheader", { name: title, exact: true });
    const link = heading.getByRole("link");
    await expect(heading).not.toHaveAttribute("aria-sort");

    await link.click();
    await expect(page).toHaveURL(new RegExp(`[?&]sort=${first}$`));
    await expect(heading).toHaveAttribute("aria-sort", newestFirst ? "descending" : "ascending");
    const one = await cells(page, title);
    expect(one, "the column is in order").toEqual(ordered(one, newestFirst));

    await link.click();
    await expect(page).toHaveURL(new RegExp(`[?&]sort=${second}$`));
    await expect(heading).toHaveAttribute("aria-sort", newestFirst ? "ascending" : "descending");
    const other = await cells(page, title);
    expect(other).toEqual(ordered(other, !newestFirst));
    expect(other).not.toEqual(one);

    await link.click();
    await expect(heading).not.toHaveAttribute("aria-sort");
    await expect(page).toHaveURL(/\/resources(\/depots)?$/);
    await expectSameDocument(page);
  });
}

/** What a column shows, as it compares: the exact time of an age, the word of a runtime. */
async function cells(page: Page, title: string): Promise<string[]> {
  const table = on(page).main.getByRole("table");
  return table.getByRole("row").evaluateAll(([head, ...rows], title) => {
    const place = [...head.children].findIndex((cell) => cell.textContent?.trim() === title);
    return rows.map((row) => {
      const cell = row.children[place];
      const text = place === 0 ? cell.querySelector("a")?.textContent : cell.textContent;
      return cell.querySelector("time")?.dateTime ?? (text ?? "").trim().toLowerCase();
    });
  }, title);
}

/** The values in order, those of nothing known last. */
function ordered(values: string[], descending: boolean): string[] {
  const nothing = (value: string) => ["", "–", "not known"].includes(value);
  // Runtimes sort by their word.
  const word = (value: string) => (/^\d{4}-/.test(value) ? value : value.split(/[: ]/)[0]);
  const compare = (left: string, right: string) =>
    word(left) < word(right) ? -1 : word(left) > word(right) ? 1 : 0;
  return [...values].sort((left, right) => {
    if (nothing(left) || nothing(right)) return Number(nothing(left)) - Number(nothing(right));
    return descending ? compare(right, left) : compare(left, right);
  });
}

test("pages lead through all rows, each once, and back", async ({ page, visit }) => {
  const seen = on(page);
  await visit("/resources/depots?sort=name");
  await mark(page);
  const all = await total(page);
  const first = await seen.rows.allTextContents();
  expect(first).toHaveLength(25);
  await expect(seen.pages.getByRole("link", { name: "Previous" })).toBeHidden();

  const names = [...first];
  while (await seen.pages.getByRole("link", { name: "Next" }).isVisible()) {
    const before = await seen.rows.first().textContent();
    await seen.pages.getByRole("link", { name: "Next" }).click();
    await expect(seen.rows.first()).not.toHaveText(before ?? "");
    names.push(...(await seen.rows.allTextContents()));
  }
  expect(names).toHaveLength(all);
  expect(new Set(names).size).toBe(all);
  expect(names).toEqual([...names].sort((left, right) => (left < right ? -1 : 1)));

  await seen.pages.getByRole("link", { name: "Previous" }).click();
  await expect(seen.rows).toHaveCount(25);
  await seen.pages.getByRole("link", { name: "First page" }).click();
  await expect(page).toHaveURL(/\/resources\/depots\?sort=name$/);
  await expect(seen.rows).toHaveText(first);
  await expectSameDocument(page);
});

test("the focus stays on the filter, and on the column title, that was pressed", async ({ page, visit }) => {
  const seen = on(page);
  await visit("/resources/services");
  const filter = seen.facets.getByRole("link", { name: /^public/ });
  await filter.focus();
  await page.keyboard.press("Enter");
  await expect(seen.chosen).toContainText("Workspace: public");
  await expect(filter).toBeFocused();

  const title = page.getByRole("columnheader", { name: "Owner" }).getByRole("link");
  await title.focus();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("columnheader", { name: "Owner" })).toHaveAttribute("aria-sort", "ascending");
  await expect(title).toBeFocused();
});

test("the focus goes to the page when the chip that was pressed is gone", async ({ page, visit }) => {
  const seen = on(page);
  await visit("/resources/depots?state=active");
  await seen.chosen.getByRole("link", { name: /^Remove/ }).focus();
  await page.keyboard.press("Enter");
  await expect(seen.chosen).toHaveCount(0);
  await expect(seen.main).toBeFocused();
});

test("the next page of a listing is read from its beginning", async ({ page, visit }) => {
  const seen = on(page);
  await visit("/resources?sort=name");
  const first = await seen.rows.first().textContent();
  await seen.pages.getByRole("link", { name: "Next" }).focus();
  await page.keyboard.press("Enter");
  await expect(seen.rows.first()).not.toHaveText(first ?? "");
  await expect(seen.heading).toBeFocused();
});

const scrolled = (page: Page) => page.evaluate(() => scrollY);

for (const [way, goBack] of [
  ["Back of the browser", (page: Page) => page.goBack()],
  ["the link back to the listing", (page: Page) => page.getByRole("link", { name: "Back to the listing" }).press("Enter")],
] as const) {
  test(`${way} leads to the row one came from`, async ({ page, visit }) => {
    const seen = on(page);
    await visit("/resources/services?state=active&sort=name");
    await mark(page);
    const row = seen.rows.nth(18);
    const name = await row.textContent();
    await row.focus();
    const place = await scrolled(page);
    const entries = await page.evaluate(() => history.length);
    await page.keyboard.press("Enter");
    await expect(seen.heading).toHaveText(name ?? "");
    await expect(seen.heading).toBeFocused();

    await goBack(page);
    await expect(page).toHaveURL(/\/resources\/services\?state=active&sort=name$/);
    await expect(row).toHaveText(name ?? "");
    await expect(row).toBeFocused();
    await expect(row).toBeInViewport();
    await expect.poll(async () => Math.abs((await scrolled(page)) - place)).toBeLessThan(2);
    // One went back: the page of the Resource lies ahead.
    expect(await page.evaluate(() => history.length)).toBe(entries + 1);
    await page.goForward();
    await expect(seen.heading).toHaveText(name ?? "");
    await expectSameDocument(page);
  });
}

test("the link back to the listing leads back over the tabs and Resources one looked at", async ({ page, visit }) => {
  const seen = on(page);
  await visit("/resources/depots?sort=name");
  await mark(page);
  const names = await seen.rows.allTextContents();
  await seen.rows.nth(12).click();
  await expect(seen.heading).toHaveText(names[12]);
  await page.getByRole("link", { name: `Next: ${names[13]}` }).click();
  await expect(seen.heading).toHaveText(names[13]);
  await seen.tabs.getByRole("link", { name: "Events" }).click();
  await expect(page).toHaveURL(/\/events\?/);
  await page.getByRole("link", { name: "Back to the listing" }).click();
  await expect(page).toHaveURL(/\/resources\/depots\?sort=name$/);
  await expect(seen.rows.nth(12)).toBeFocused();
  await expect(seen.rows.nth(12)).toBeInViewport();
  await expectSameDocument(page);
});

for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? "in a window without the listing" : "in a window without JavaScript", () => {
    test.use({ javaScriptEnabled });

    test("the link back to the listing is a link like any other", async ({ page, visit }) => {
      const seen = on(page);
      await visit("/resources/depots/salesraw?from=%2Fresources%2Fdepots%3Fstate%3Dactive");
      await page.getByRole("link", { name: "Back to the listing", exact: true }).click();
      await expect(page).toHaveURL(/\/resources\/depots\?state=active$/);
      await expect(seen.heading).toHaveText("Depots");
      await page.goBack();
      await expect(seen.heading).toHaveText("salesraw");
    });
  });
}

test("the next page of a listing lies ahead, and its link has the focus when one comes back", async ({ page, visit }) => {
  const seen = on(page);
  await visit("/resources?sort=name");
  const first = await seen.rows.first().textContent();
  const next = seen.pages.getByRole("link", { name: "Next" });
  await next.press("Enter");
  await expect(seen.rows.first()).not.toHaveText(first ?? "");
  await page.goBack();
  await expect(seen.rows.first()).toHaveText(first ?? "");
  await expect(next).toBeFocused();
  await expect(next).toBeInViewport();
});

test("back and forward show what was there, at the place one left", async ({ page, visit }) => {
  const seen = on(page);
  await visit("/resources/services?state=active");
  await mark(page);
  const first = await seen.rows.allTextContents();
  await seen.pages.getByRole("link", { name: "Next" }).click();
  await expect(seen.rows.first()).not.toHaveText(first[0]);
  const second = await seen.rows.allTextContents();
  await seen.rows.nth(18).click();
  await expect(seen.heading).toHaveText(second[18]);

  await page.goBack();
  await expect(seen.rows).toHaveText(second);
  await expect(seen.rows.nth(18)).toBeInViewport();
  await page.goBack();
  await expect(seen.rows).toHaveText(first);
  await page.goForward();
  await expect(seen.rows).toHaveText(second);
  await page.goForward();
  await expect(seen.heading).toHaveText(second[18]);
  await expectSameDocument(page);
});

test("a listing without rows says why and offers ways out", async ({ page, visit }) => {
  const seen = on(page);
  await visit("/resources/depots?q=qqqxxxzzz&state=active");
  await expect(seen.results).toHaveText("0 results");
  await expect(seen.main.getByRole("heading", { name: "Nothing found" })).toBeVisible();
  await expect(seen.main).toContainText("No Depots match “qqqxxxzzz”");
  await seen.main.getByRole("link", { name: "See all: Depots" }).click();
  await expect(page).toHaveURL(/\/resources\/depots$/);
  await expect(seen.rows).toHaveCount(25);
});

test("the view on the screen can be downloaded, all pages of it", async ({ page, visit }) => {
  const seen = on(page);
  await visit("/resources/depots?state=active&sort=name");
  const all = await total(page);
  expect(all).toBeGreaterThan(25);
  const first = await seen.rows.first().textContent();
  const downloaded = async (name: string) => {
    const coming = page.waitForEvent("download");
    await seen.main.getByRole("link", { name, exact: true }).click();
    const download = await coming;
    return [download.suggestedFilename(), await readFile(await download.path(), "utf8")];
  };

  const [jsonName, json] = await downloaded("JSON");
  expect(jsonName).toMatch(/^depots-state-active-\d{4}-\d{2}-\d{2}\.json$/);
  const rows = JSON.parse(json);
  expect(rows).toHaveLength(all);
  expect(rows[0]).toMatchObject({ type: "depot", name: first, state: "active" });
  expect(rows.every((row: { state: string }) => row.state === "active")).toBe(true);

  const [csvName, csv] = await downloaded("CSV");
  expect(csvName).toMatch(/^depots-state-active-\d{4}-\d{2}-\d{2}\.csv$/);
  const lines = csv.trimEnd().split("\r\n");
  expect(lines[0]).toMatch(/^type,version,name,workspace,state/);
  expect(lines).toHaveLength(all + 1);
  expect(lines[1]).toContain(first);
  // The page itself stayed as it was.
  expect(address(page)).toBe("/resources/depots?state=active&sort=name");
});

test("from the page of a Resource one goes on through the listing one came from", async ({ page, visit }) => {
  const seen = on(page);
  await visit("/resources/depots?state=active&sort=name");
  await mark(page);
  const names = await seen.rows.allTextContents();
  await seen.rows.nth(1).click();
  await expect(seen.heading).toHaveText(names[1]);
  const listing = page.getByRole("navigation", { name: "Listing" });
  await listing.getByRole("link", { name: `Next: ${names[2]}` }).click();
  await expect(seen.heading).toHaveText(names[2]);
  await listing.getByRole("link", { name: `Previous: ${names[1]}` }).click();
  await expect(seen.heading).toHaveText(names[1]);
  await seen.tabs.getByRole("link", { name: "Events" }).click();
  await expect(page).toHaveURL(/\/events\?/);
  await listing.getByRole("link", { name: "Back to the listing" }).click();
  await expect(page).toHaveURL(/\/resources\/depots\?state=active&sort=name$/);
  await expect(seen.rows).toHaveText(names);
  await expectSameDocument(page);
});

test("the overview leads to every listing without loading the page anew", async ({ page, visit }) => {
  const seen = on(page);
  await visit("/");
  await mark(page);
  const table = seen.main.getByRole("region", { name: "Resources by type" });
  await table.getByRole("row", { name: /^Depots/ }).getByRole("link").last().click();
  await expect(page).toHaveURL(/\/resources\/depots$/);
  await page.goBack();
  await expect(seen.heading).toHaveText("Overview");
  await seen.main.getByRole("region", { name: "Needs attention" }).getByRole("link", { name: /^See all/ }).click();
  await expect(page).toHaveURL(/health=failed&health=degraded$/);
  await expect(seen.rows.first()).toBeVisible();
  await expectSameDocument(page);
});

test("typing an unknown page into the address keeps the way to the listings", async ({ page, visit, problems }) => {
  problems.expect(/404/);
  const seen = on(page);
  expect((await visit("/nowhere")).status()).toBe(404);
  await expect(seen.heading).toHaveText("Not found");
  await seen.types.getByRole("link", { name: /^Services/ }).click();
  await expect(seen.rows.first()).toBeVisible();
});

test("rows have one height, and what is not well says why below its name", async ({ page, visit }) => {
  const seen = on(page);
  await visit("/resources?health=failed");
  for (const text of await seen.main.getByRole("rowheader").allTextContents()) expect(text).toMatch(/ · (Failed|The) .+$/);
  await visit("/resources");
  const rows = seen.main.getByRole("row").filter({ has: page.getByRole("rowheader") });
  const heights = await rows.evaluateAll((all) => all.map((row) => Math.round(row.getBoundingClientRect().height)));
  expect(new Set(heights).size, `heights ${heights}`).toBe(1);
});

test("names of Depots have room before their Source has a column, which then stands below the name", async ({ page, visit }) => {
  const seen = on(page);
  await page.setViewportSize({ width: 1280, height: 800 });
  await visit("/resources/depots?state=active");
  await expect(seen.main.getByRole("columnheader", { name: "Source" })).toBeHidden();
  const width = async () => (await seen.main.getByRole("rowheader").first().boundingBox())?.width ?? 0;
  expect(await width()).toBeGreaterThan(220);
  await expect(seen.main.getByRole("rowheader").first()).toContainText(/[A-Z][A-Z0-9]+/);
  await page.setViewportSize({ width: 1440, height: 900 });
  await expect(seen.main.getByRole("columnheader", { name: "Source" })).toBeVisible();
});

test("what cannot be sorted by looks like it", async ({ page, visit }) => {
  const seen = on(page);
  await page.setViewportSize({ width: 1920, height: 1000 });
  await visit("/resources");
  const titles = await seen.main.getByRole("columnheader").evaluateAll((all) =>
    all.map((title) => ({
      name: (title.textContent ?? "").trim(),
      sorts: title.querySelector("a") !== null,
      weight: Number(getComputedStyle(title.querySelector("a") ?? title).fontWeight),
    })),
  );
  expect(titles.filter((title) => !title.sorts).map((title) => title.name)).toEqual(["Tags"]);
  for (const title of titles) expect(title.weight >= 600, title.name).toBe(title.sorts);
});

test("a row opens wherever it is pressed", async ({ page, visit }) => {
  const seen = on(page);
  await visit("/resources/depots");
  const name = await seen.rows.first().textContent();
  const cell = seen.main.getByRole("row", { name: new RegExp(`^${name}`) }).getByRole("cell").nth(2);
  const box = await cell.boundingBox();
  if (!box) throw new Error("the row has no third cell");
  await page.mouse.click(box.x + box.width - 4, box.y + box.height / 2);
  await expect(seen.heading).toHaveText(name ?? "");
});

test("pages tell which rows they show, and are as long as one wants", async ({ page, visit }) => {
  const seen = on(page);
  await visit("/resources/depots");
  const total = (await seen.results.textContent())?.match(/[\d,]+/)?.[0];
  await expect(seen.pages).toContainText(`1–25 of ${total}`);
  await seen.pages.getByRole("link", { name: "Next" }).click();
  await expect(seen.pages).toContainText(`26–50 of ${total}`);
  await seen.pages.getByRole("link", { name: "Previous" }).click();
  await expect(seen.pages).toContainText(`1–25 of ${total}`);

  await seen.main.getByText("View", { exact: true }).click();
  await seen.main.getByRole("group", { name: "Rows on a page" }).getByRole("link", { name: "50" }).click();
  await expect(page).toHaveURL(/size=50$/);
  await expect(seen.rows).toHaveCount(50);
  await expect(seen.pages).toContainText(`1–50 of ${total}`);
});

test("density and columns are as the reader chose, also after the page is loaded again", async ({ page, visit }) => {
  const seen = on(page);
  await page.setViewportSize({ width: 1440, height: 900 });
  await visit("/resources/services");
  const height = async () => (await seen.rows.first().locator("xpath=ancestor::tr").boundingBox())?.height ?? 0;
  const comfortable = await height();
  await seen.main.getByText("View", { exact: true }).click();
  await seen.main.getByRole("button", { name: "Compact" }).click();
  await expect.poll(height).toBeLessThan(comfortable - 10);
  await seen.main.getByRole("checkbox", { name: "Owner" }).uncheck();
  await expect(seen.main.getByRole("columnheader", { name: "Owner" })).toBeHidden();

  await visit("/resources/services");
  await expect.poll(height).toBeLessThan(comfortable - 10);
  await expect(seen.main.getByRole("columnheader", { name: "Owner" })).toBeHidden();
  await seen.main.getByText("View", { exact: true }).click();
  await expect(seen.main.getByRole("button", { name: "Compact" })).toHaveAttribute("aria-pressed", "true");
  await seen.main.getByRole("checkbox", { name: "Owner" }).check();
  await expect(seen.main.getByRole("columnheader", { name: "Owner" })).toBeVisible();
});

test("a menu closes when something was chosen, with Escape, and when one goes elsewhere", async ({ page, visit }) => {
  const seen = on(page);
  await visit("/resources/services");
  const menu = seen.main.getByText(/^Sort: /);
  const choices = seen.main.getByRole("group", { name: "Sort" });
  await menu.click();
  await choices.getByRole("link", { name: "Owner" }).click();
  await expect(choices).toBeHidden();
  await expect(seen.main.getByText("Sort: Owner")).toBeVisible();
  await menu.click();
  await page.keyboard.press("Escape");
  await expect(choices).toBeHidden();
  await menu.click();
  await expect(choices).toBeVisible();
  await seen.heading.click();
  await expect(choices).toBeHidden();
});

test("the titles of the columns stay while one scrolls", async ({ page, visit }) => {
  await visit("/resources/services");
  await page.mouse.wheel(0, 700);
  const title = on(page).main.getByRole("columnheader", { name: "Name" });
  await expect.poll(async () => Math.round((await title.boundingBox())?.y ?? 0)).toBe(52);
});

test.describe("on a phone", () => {
  test.use({ viewport: { width: 390, height: 844 } });

  test("a menu sorts what has no titles, and says how it is sorted", async ({ page, visit }) => {
    const seen = on(page);
    await visit("/resources/depots");
    await seen.main.getByText("Sort: Recently changed").click();
    await seen.main.getByRole("group", { name: "Sort" }).getByRole("link", { name: "Name" }).click();
    await expect(page).toHaveURL(/sort=name$/);
    await expect(seen.main.getByText("Sort: Name")).toBeVisible();
    const names = await seen.rows.allTextContents();
    expect(names).toEqual([...names].sort());
  });
});
