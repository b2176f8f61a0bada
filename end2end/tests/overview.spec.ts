// What the overview says, and where it leads.
import { expect, on, test } from "../setup/test";

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
  for (const text of await entries.allTextContents()) expect(text).toMatch(/ in \w+.* since .+ ago$/);
  await entries.first().getByRole("link").click();
  await expect(on(page).tabs).toBeVisible();
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
