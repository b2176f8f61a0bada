// A platform engineer looks up a Depot, with and without scripts, and after importing a listing of the platform.
import { Catalog } from "../setup/pharos";
import { Problems, address, alive, columns, expect, on, test } from "../setup/test";

for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? "with JavaScript" : "without JavaScript", () => {
    test.use({ javaScriptEnabled });

    test("an engineer finds a Depot, sees where it runs and sends the link to a colleague", async ({
      page,
      visit,
      browser,
      baseURL,
      problems,
    }) => {
      const seen = on(page);
      await visit("/");
      await expect(seen.heading).toHaveText("Overview");

      await seen.search.fill("salesraw");
      await seen.search.press("Enter");
      await expect(page).toHaveURL(/\/resources\?q=salesraw$/);
      await expect(seen.rows.first()).toHaveText("salesraw");

      await seen.types.getByRole("link", { name: /^Depots/ }).click();
      await expect(page).toHaveURL(/\/resources\/depots$/);
      await expect(seen.heading).toHaveText("Depots");
      await expect(seen.states.getByRole("link").nth(0)).toHaveText(/^\d+ active$/);
      await expect(seen.states.getByRole("link").nth(1)).toHaveText(/^\d+ deleted$/);

      await seen.search.fill("salesraw");
      await seen.search.press("Enter");
      await expect(page).toHaveURL(/\/resources\/depots\?q=salesraw$/);
      await seen.rows.getByText("salesraw", { exact: true }).click();
      await expect(seen.heading).toHaveText("salesraw");

      await seen.tabs.getByRole("link", { name: "Runtime" }).click();
      await expect(page).toHaveURL(/\/resources\/depots\/salesraw\/runtime(\?|$)/);
      await expect(columns(seen.nodes)).toHaveText([
        "Name",
        "Created",
        "Workspace",
        "Data plane",
        "Status",
        "Uptime",
      ]);
      const node = seen.nodes.getByRole("row", { name: /salesraw-ss-0/ });
      await expect(node.getByRole("cell")).toHaveText([
        /^\d{1,2} \w{3} \d{4} \d\d:\d\d:\d\d UTC$/,
        "user-system",
        "hub",
        "running",
        /^\d+ (days|hours|minutes)/,
      ]);
      const cells = await node.getByRole("cell").allTextContents();

      const colleague = await browser.newContext({ baseURL, javaScriptEnabled });
      problems.watch(colleague);
      const theirs = await colleague.newPage();
      await theirs.goto(address(page));
      if (javaScriptEnabled) await alive(theirs);
      await expect(on(theirs).heading).toHaveText("salesraw");
      const same = on(theirs).nodes.getByRole("row", { name: /salesraw-ss-0/ });
      // Not the uptime, which goes on.
      expect((await same.getByRole("cell").allTextContents()).slice(0, 4)).toEqual(cells.slice(0, 4));
      await colleague.close();
    });
  });
}

const LISTING = `
INFO[0000] 🔍 get...
INFO[0001] 🔍 get...complete

     NAME     | VERSION |  TYPE   | WORKSPACE | STATUS |   RUNTIME   |  OWNER
--------------|---------|---------|-----------|--------|-------------|-----------
  harbour-api | v1      | service | public    | active | running:1   | gracelund
  tide-tables | v1      | service | public    | active | pending:0/1 | gracelund
  quaylake    | v2alpha | depot   |           | active |             | noordebur
`;

test("what an engineer imports can be browsed", async ({ browser }) => {
  const catalog = await Catalog.empty();
  const problems = new Problems();
  try {
    expect(await catalog.import(LISTING)).toBe("read 3, changed 3, unchanged 0, deleted 0, refused 0 documents");
    const context = await browser.newContext({ baseURL: await catalog.serve() });
    problems.watch(context);
    const page = await context.newPage();
    const seen = on(page);
    await page.goto("/");
    await alive(page);
    await expect(seen.main).toContainText("3 Resources of 2 types");

    await seen.types.getByRole("link", { name: /^Services/ }).click();
    await expect(seen.results).toHaveText("2 results");
    await expect(seen.rows).toHaveText(["harbour-api", "tide-tables"]);
    await seen.rows.first().click();
    await expect(page).toHaveURL(/\/resources\/services\/public\.harbour-api/);
    await expect(seen.heading).toHaveText("harbour-api");
    await expect(seen.main).toContainText("gracelund");

    // A running server notices what is imported beside it.
    await catalog.import(LISTING.replace("| running:1   |", "| failed      |"));
    await seen.tabs.getByRole("link", { name: "Events" }).click();
    await expect(page).toHaveURL(/\/events(\?|$)/);
    await expect(async () => {
      await page.reload();
      await alive(page);
      await expect(seen.main.getByRole("listitem").filter({ hasText: "failed" })).toBeVisible({ timeout: 500 });
    }).toPass();
    await context.close();
    expect(problems.unexpected()).toEqual([]);
  } finally {
    await catalog.remove();
  }
});
