// What axe finds on every kind of page, in both themes.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Page } from "@playwright/test";
import type { AxeResults } from "axe-core";
import { PAGES } from "../setup/pages";
import { expect, on, test } from "../setup/test";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

async function violations(page: Page): Promise<string[]> {
  // All is unfolded: what is folded away is read, too, and axe takes it for hidden even where the style shows it.
  await page.locator("details").evaluateAll((all) => all.forEach((one) => one.setAttribute("open", "")));
  // Evaluated from outside the page, so that its own policy for scripts stays in force.
  await page.evaluate(AXE);
  const found = await page.evaluate(async () => {
    const { axe } = window as unknown as { axe: { run: (options: object) => Promise<AxeResults> } };
    const results = await axe.run({ resultTypes: ["violations"] });
    return results.violations.flatMap((violation) =>
      violation.nodes.map((node) => `${violation.id}: ${violation.help}: ${node.html.slice(0, 160)}`),
    );
  });
  return found;
}

for (const colorScheme of ["light", "dark"] as const) {
  test.describe(`in the ${colorScheme} theme`, () => {
    test.use({ colorScheme });

    for (const { name, path, missing } of PAGES) {
      test(`${name} is accessible`, async ({ page, visit, problems }) => {
        if (missing) problems.expect(/404/);
        await visit(path);
        expect(await violations(page)).toEqual([]);
      });
    }

    test("open suggestions are accessible", async ({ page, visit }) => {
      const seen = on(page);
      await visit("/");
      await seen.search.fill("sales");
      await expect(seen.suggestions.getByRole("option").first()).toBeVisible();
      await seen.search.press("ArrowDown");
      expect(await violations(page)).toEqual([]);
    });

    test("selected rows are accessible", async ({ page, visit }) => {
      await visit("/resources/depots");
      for (const key of ["j", "x", "j", "x"]) await page.keyboard.press(key);
      await expect(page.getByRole("group", { name: "Selected rows" })).toContainText("2 selected");
      expect(await violations(page)).toEqual([]);
    });

    test("the reference of the API is accessible", async ({ page }) => {
      await page.goto("/api");
      expect(await violations(page)).toEqual([]);
    });

    test("the help on keys is accessible", async ({ page, visit }) => {
      await visit("/");
      await page.keyboard.press("?");
      await expect(on(page).help).toBeVisible();
      expect(await violations(page)).toEqual([]);
    });
  });
}

test.describe("on a phone", () => {
  test.use({ viewport: { width: 390, height: 844 } });

  for (const { name, path } of PAGES.filter(({ missing }) => !missing)) {
    test(`${name} is accessible`, async ({ page, visit }) => {
      await visit(path);
      expect(await violations(page)).toEqual([]);
    });
  }
});
