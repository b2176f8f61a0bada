// What the overview says, and where it leads.
import { Catalog } from "../setup/pharos";
import { alive, expect, on, test } from "../setup/test";

test("the tiles count what is not well, and lead to it", async ({ page, visit }) => {
  test.slow();
  const seen = on(page);
  const tiles = seen.main.getByRole("list", { name: "Health of all Resources" });
  for (const [label, chosen] of [["Failed", "Health: Failed"], ["Degraded", "Health: Degraded"], ["Healthy", "Health: Healthy"]] as const) {
    // What is starting is stuck after a while, and a page that was kept tells that up to 30 seconds later.
    await expect(async () => {
      await visit("/");
      const tile = tiles.getByRole("link", { name: new RegExp(`^${label}`) });
      const count = (await tile.textContent())?.match(/[\d,]+/)?.[0];
      await tile.click();
      await expect(seen.chosen).toContainText(chosen);
      await expect(seen.results).toHaveText(new RegExp(`^${count} results?$`), { timeout: 2_000 });
    }).toPass({ timeout: 40_000 });
  }
});

test("what needs attention is told in a line each, the gravest first, with its reason and since when", async ({ page, visit }) => {
  await visit("/");
  const entries = on(page).main.getByRole("region", { name: "Needs attention" }).getByRole("listitem");
  await expect(entries.first()).toContainText("Failed");
  const heights = await entries.evaluateAll((all) => all.map((entry) => Math.round(entry.getBoundingClientRect().height)));
  // The line between two of them belongs to the second.
  expect(Math.max(...heights) - Math.min(...heights), `heights ${heights}`).toBeLessThanOrEqual(1);
  // A Resource with its reason, many with one, or the parts of one.
  for (const text of await entries.allTextContents()) {
    expect(text).toMatch(/ in \w+.* since .+ ago$|\d+\+? Resources .* latest .+ ago$|\d+\+? parts of the .+latest .+ ago$/);
  }
  const failed = (await entries.allTextContents()).map((text) => text.startsWith("Failed"));
  expect(failed, "what failed comes before what is degraded").toEqual([...failed].sort((left, right) => Number(right) - Number(left)));
  await entries.first().getByRole("link").first().click();
  await expect(on(page).tabs).toBeVisible();
});

test("many that are not well for one reason are one entry, with their number and the first names", async ({ page, visit }) => {
  const seen = on(page);
  await visit("/");
  const entries = seen.main.getByRole("region", { name: "Needs attention" }).getByRole("listitem");
  const group = entries.filter({ hasText: "The runtime failed" }).filter({ hasText: /\d+ Resources/ });
  await expect(group).toHaveCount(1);
  const text = (await group.textContent()) ?? "";
  const count = Number(/(\d+) Resources/.exec(text)?.[1]);
  expect(count).toBeGreaterThanOrEqual(3);
  const names = group.getByRole("link");
  expect(text).toContain(`and ${count - 3} more`);
  await expect(names).toHaveCount(4);
  // None of them stands alone as well.
  await expect(entries.filter({ hasText: "The runtime failed" })).toHaveCount(1);
  const name = await names.first().textContent();
  await names.first().click();
  await expect(seen.heading).toHaveText(name ?? "");
  await page.goBack();
  await group.getByRole("link", { name: /^and \d+ more$/ }).click();
  await expect(seen.chosen).toContainText("Health: Failed");
});

/** The head of what the platform prints. */
const HEAD = [
  "  NAME | VERSION | TYPE  | WORKSPACE | STATUS | RUNTIME | OWNER",
  "-------|---------|-------|-----------|--------|---------|------",
];

test("the parts of a Lens that fail together are one entry that leads to the Lens", async ({ page, context }) => {
  const catalog = await Catalog.empty();
  try {
    const row = (name: string, type: string, state: string, runtime: string) =>
      `  ${name} | v1 | ${type} | public | ${state} | ${runtime} | ada  `;
    const services = ["sales-api", "sales-router", "sales-iris", "other"].map((name) => row(name, "service", "active", "failed"));
    await catalog.import([...HEAD, ...services, ""].join("\n"));
    await catalog.import([...HEAD, row("sales", "lens", "active", ""), ""].join("\n"));
    await page.goto(await catalog.serve());
    await alive(page);
    const entries = on(page).main.getByRole("region", { name: "Needs attention" }).getByRole("listitem");
    await expect(entries).toHaveCount(2);
    await expect(entries.filter({ hasText: "3 parts of the lens sales" })).toHaveCount(1);
    await expect(entries.filter({ hasText: "other" })).toHaveCount(1);
    await entries.getByRole("link", { name: "sales", exact: true }).click();
    await expect(on(page).heading).toHaveText("sales");
  } finally {
    await context.close();
    await catalog.remove();
  }
});

test("the tiles and what stands below them count every Resource once", async ({ page, visit }) => {
  const seen = on(page);
  const number = (text: string | null) => Number((text ?? "").replaceAll(",", "").match(/\d+/)?.[0]);
  await visit("/");
  const tiles = seen.main.getByRole("list", { name: "Health of all Resources" }).getByRole("link");
  const rest = seen.main.getByRole("list", { name: "Besides" }).getByRole("link");
  const all = number(await seen.main.getByText(/^[\d,]+ Resources of \d+ types$/).textContent());
  const counted = [...(await tiles.allTextContents()).filter((text) => !text.startsWith("Stale")), ...(await rest.allTextContents())];
  expect(counted.map(number).reduce((sum, one) => sum + one, 0), counted.join(", ")).toBe(all);
  await tiles.filter({ hasText: "Under way" }).click();
  await expect(seen.chosen).toContainText("Health: In progress");
  await expect(seen.chosen).toContainText("Health: Starting");
});

test("each Resource that changed stands once among the newest changes, the newest first", async ({ page, visit }) => {
  await visit("/");
  const entries = on(page).main.getByRole("region", { name: "Newest changes" }).getByRole("listitem");
  const names = await entries.getByRole("link").evaluateAll((links) => links.map((link) => link.getAttribute("href")));
  expect(new Set(names).size).toBe(names.length);
  const times = await entries.getByRole("time").evaluateAll((all) => all.map((time) => time.getAttribute("datetime")));
  expect(times).toEqual([...times].sort().reverse());
  expect((await entries.allTextContents()).join(" "), "times as machines write them").not.toMatch(/\d{4}-\d\d-\d\dT/);
});

test("the last 24 hours are told in a sentence", async ({ page, visit }) => {
  await visit("/");
  await expect(on(page).main.getByRole("region", { name: "Last 24 hours" })).toContainText(/^Last 24 hours[\d,]+ Resources changed, most .*: [\d,]+\.$/);
});

test("the health of a type is told beside its bar, and its States lead to their listings", async ({ page, visit }) => {
  const seen = on(page);
  await visit("/");
  const depots = seen.main.getByRole("row", { name: /^Depots/ });
  await expect(depots).toContainText(/\d+ healthy.*\d+ failed/);
  const table = seen.main.getByRole("region", { name: "Resources by type" }).getByRole("table");
  const titles = await table.getByRole("columnheader").allTextContents();
  const deleted = depots.getByRole("cell").nth(titles.indexOf("Deleted") - 1);
  const count = await deleted.textContent();
  await deleted.getByRole("link").click();
  await expect(seen.chosen).toContainText("State: deleted");
  await expect(seen.results).toHaveText(`${count} results`);
});

test.describe("on a phone", () => {
  test.use({ viewport: { width: 390, height: 844 } });

  test("what needs attention comes before all that is well, and every type has its number", async ({ page, visit }) => {
    await visit("/");
    const top = async (name: string) =>
      (await on(page).main.getByRole("region", { name }).boundingBox())?.y ?? Number.NaN;
    expect(await top("Needs attention")).toBeLessThan(await top("Newest changes"));
    expect(await top("Newest changes")).toBeLessThan(await top("Resources by type"));
    await expect(on(page).main.getByRole("row", { name: /^Depots/ }).getByRole("link", { name: /^\d+$/ })).toBeVisible();
  });
});
