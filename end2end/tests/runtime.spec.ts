// The Runtime tab and what it says of runs: found nodes, what does not run, and runs that are late.
import type { Page } from "@playwright/test";
import { Catalog } from "../setup/pharos";
import { address, expect, expectSameDocument, mark, on, test } from "../setup/test";

const HOUR = 60 * 60 * 1_000;

/** What the platform prints of a Service with 14 nodes on two data planes, four of them failed. */
function manyNodes(): string {
  const nodes = Array.from({ length: 14 }, (_, at) => {
    const name = `orders-${at < 3 ? "main" : "side"}-${at}`;
    return `  ${name} | orders | ${name} | ${at % 2 ? "edge" : "hub"} | pod-deployment | main | ${at < 4 ? "failed" : "running"}`;
  });
  return [
    "  NAME | VERSION | TYPE | WORKSPACE | TITLE | STACK | OWNER",
    "-------|---------|------|-----------|-------|-------|------",
    "  orders | v1 | service | public | Orders | container | ada",
    "",
    "  RUNTIME | READY REPLICAS COUNT | REPLICAS COUNT",
    "----------|----------------------|---------------",
    "  running | 10 | 10",
    "",
    "  NODE NAME | SERVICE NAME | POD NAME | DATA PLANE | TYPE | CONTAINERS | PHASE",
    "------------|--------------|----------|------------|------|------------|------",
    ...nodes,
    "",
  ].join("\n");
}

/** What the platform prints of Workflows, each with its next run. */
function planned(runs: Record<string, number>): string {
  const rows = Object.entries(runs).map(
    ([name, at]) => `  ${name} | v1 | workflow | public | active | next:${new Date(at).toISOString()} | ada`,
  );
  return [
    "  NAME | VERSION | TYPE | WORKSPACE | STATUS | RUNTIME | OWNER",
    "-------|---------|------|-----------|--------|---------|------",
    ...rows,
    "",
  ].join("\n");
}

test.describe("in a catalog of its own", () => {
  const later = Date.now() + 48 * HOUR;
  let catalog: Catalog;
  let host: string;

  test.beforeAll(async () => {
    catalog = await Catalog.empty();
    await catalog.import(manyNodes());
    await catalog.import(planned({ late: Date.now() - 3.5 * HOUR, later }));
    host = await catalog.serve();
  });
  test.afterAll(() => catalog.remove());

  /** How many nodes there are. */
  const count = (page: Page) => on(page).main.getByRole("status").filter({ hasText: /nodes?$/ });

  test("nodes are found by name, status and data plane, and the address tells which", async ({ page, visit }) => {
    const seen = on(page);
    await visit(`${host}/resources/services/public.orders/runtime`);
    await mark(page);
    await expect(count(page)).toHaveText("14 nodes");
    const field = seen.main.getByRole("searchbox", { name: "Find a node by name" });
    await field.fill("MAIN");
    await field.press("Enter");
    await expect(count(page)).toHaveText("3 of 14 nodes");
    await expect(field).toBeFocused();
    expect(address(page)).toBe("/resources/services/public.orders/runtime?q=MAIN");
    await expect(seen.nodes.getByRole("rowheader")).toHaveCount(3);
    await seen.main.getByRole("list", { name: "Data plane" }).getByRole("link", { name: /^hub/ }).click();
    await expect(count(page)).toHaveText("2 of 14 nodes");
    await seen.nodes.getByRole("columnheader", { name: "Name" }).getByRole("link").click();
    await expect(page).toHaveURL(/\?q=MAIN&sort=name&dataplane=hub$/);
    await expect(count(page)).toHaveText("2 of 14 nodes");
    await seen.main.getByRole("list", { name: "Status" }).getByRole("link", { name: /^running/ }).click();
    await expect(seen.main).toContainText("No node is like that.");
    await seen.main.getByRole("link", { name: "Show all nodes" }).click();
    await expect(count(page)).toHaveText("14 nodes");
    await expect(page).toHaveURL(/\/runtime\?sort=name$/);
    await expectSameDocument(page);
  });

  test.describe("without JavaScript", () => {
    test.use({ javaScriptEnabled: false });

    test("nodes are found all the same", async ({ page, visit }) => {
      const seen = on(page);
      await visit(`${host}/resources/services/public.orders/runtime?status=failed&sort=-name`);
      await expect(count(page)).toHaveText("4 of 14 nodes");
      await seen.main.getByRole("searchbox", { name: "Find a node by name" }).fill("main");
      await seen.main.getByRole("button", { name: "Find" }).click();
      await expect(count(page)).toHaveText("3 of 14 nodes");
      await expect(seen.nodes.getByRole("rowheader")).toHaveText(["orders-main-2", "orders-main-1", "orders-main-0"]);
    });
  });

  test("a run that did not start is overdue, not scheduled, on its page and in the listing", async ({ page, visit }) => {
    const seen = on(page);
    await visit(`${host}/resources/workflows/public.late`);
    await expect(seen.main).toContainText(/Health: Degraded.*Not started: the next run was due 3 hours ago/);
    await expect(seen.main.getByRole("definition").filter({ hasText: "next run was due 3 hours ago" })).toBeVisible();
    await visit(`${host}/resources/workflows?health=degraded`);
    await expect(seen.rows).toHaveText(["late"]);
    await visit(`${host}/resources/workflows?health=scheduled`);
    await expect(seen.rows).toHaveText(["later"]);
  });

  test.describe("where clocks are five and a half hours ahead", () => {
    test.use({ timezoneId: "Asia/Kolkata" });

    test("planned runs are told by the clocks that the reader chose", async ({ page, visit }) => {
      const seen = on(page);
      await visit(`${host}/resources/workflows/public.later`);
      const run = seen.main.getByRole("definition").filter({ hasText: "next run" });
      const head = seen.main.getByRole("paragraph").filter({ hasText: "Next run on" });
      await expect(run).toHaveText(/next run .* UTC$/);
      await expect(head).toContainText(/Next run on .* UTC/);
      await page.getByRole("button", { name: "Keyboard shortcuts and settings" }).click();
      await seen.help.getByRole("radio", { name: "Local time" }).check();
      await page.keyboard.press("Escape");
      await expect(run).toHaveText(/next run .* \+05:30$/);
      await expect(head).toContainText(/Next run on .* \+05:30/);
      await seen.tabs.getByRole("link", { name: "Runtime" }).click();
      await expect(seen.main.getByText(/^next run .* \+05:30$/)).toBeVisible();
    });
  });
});

test("a Resource that failed while building says once why nothing runs", async ({ page, visit }) => {
  const seen = on(page);
  await visit("/resources/services/sandbox.misspelt-stack/runtime");
  await expect(seen.main.getByRole("heading", { name: "Nothing runs: it failed while building" })).toBeVisible();
  await expect(seen.main).not.toContainText("not known");
  await expect(seen.main).not.toContainText("None:");
  await seen.main.getByRole("link", { name: "manifest", exact: true }).click();
  await expect(page).toHaveURL(/\/resources\/services\/sandbox\.misspelt-stack\/manifest$/);
});

test("uptimes have one unit, and tell when they began to mouse and keyboard", async ({ page, visit }) => {
  for (const path of ["/resources/services/public.orders-api/runtime", "/resources/lenses/public.data-product-insights/runtime"]) {
    await visit(path);
    const uptime = on(page).main.getByRole("table").getByRole("row").nth(1).getByRole("cell").last().locator("time");
    await expect(uptime).toHaveText(/^\d+ (second|minute|hour|day|month|year)s?$/);
    await expect(uptime).toHaveAttribute("title", /^since \d{1,2} \w{3} \d{4} \d\d:\d\d:\d\d UTC$/);
    await uptime.focus();
    const told = await uptime.evaluate((time) => getComputedStyle(time, "::after").content);
    expect(told).toMatch(/since .* UTC/);
  }
});
