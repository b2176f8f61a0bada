// Everything with the keyboard alone.
import type { Locator, Page } from "@playwright/test";
import { alive, expect, expectSameDocument, mark, on, test } from "../setup/test";

test("an engineer finds where a Depot runs without touching the mouse", async ({ page, visit }) => {
  const seen = on(page);
  const keys = page.keyboard;
  await visit("/");
  await mark(page);
  await keys.press("g");
  await keys.press("d");
  await expect(page).toHaveURL(/\/resources\/depots$/);
  await expect(seen.heading).toHaveText("Depots");

  await keys.press("/");
  await expect(seen.search).toBeFocused();
  await keys.type("salesraw");
  await expect(seen.suggestions.getByRole("option").first()).toContainText("salesraw");
  await keys.press("Enter");
  await expect(page).toHaveURL(/\/resources\/depots\?q=salesraw$/);
  await expect(seen.rows.first()).toHaveText("salesraw");

  await keys.press("Escape");
  await keys.press("Escape");
  await keys.press("Escape");
  await expect(seen.search).not.toBeFocused();
  await keys.press("j");
  await expect(seen.rows.first()).toBeFocused();
  await keys.press("Enter");
  await expect(seen.heading).toHaveText("salesraw");

  const runtime = seen.tabs.getByRole("link", { name: "Runtime" });
  await tabTo(page, runtime);
  await keys.press("Enter");
  await expect(seen.nodes).toBeVisible();
  await expectSameDocument(page);
});

/** Presses Tab until something has the focus. */
async function tabTo(page: Page, target: Locator, key = "Tab"): Promise<void> {
  for (let presses = 0; presses < 80; presses += 1) {
    if (await target.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press(key);
  }
  throw new Error("Tab does not lead there");
}

test("`/` and Ctrl-K lead to the search, and its text is chosen", async ({ page, visit }) => {
  const seen = on(page);
  await visit("/resources?q=lakehouse");
  for (const key of ["/", "Control+k"]) {
    await page.keyboard.press(key);
    await expect(seen.search).toBeFocused();
    await page.keyboard.type("sales");
    await expect(seen.search).toHaveValue("sales");
    // First the suggestions, then the text, then the focus go.
    await expect(seen.suggestions).toBeVisible();
    for (let press = 0; press < 3; press += 1) await page.keyboard.press("Escape");
    await expect(seen.search).not.toBeFocused();
  }
});

test("keys typed into the search are text", async ({ page, visit }) => {
  const seen = on(page);
  await visit("/");
  await page.keyboard.press("/");
  await page.keyboard.type("g d?/j");
  await expect(seen.search).toHaveValue("g d?/j");
  await expect(page).toHaveURL(/\/$/);
  await expect(seen.help).toBeHidden();
});

for (const [letter, path, heading] of [
  ["s", "/resources/services", "Services"],
  ["w", "/resources/workflows", "Workflows"],
  ["r", "/resources", "All Resources"],
  ["z", "/", "Overview"],
]) {
  test(`\`g ${letter}\` leads to ${path}`, async ({ page, visit }) => {
    await visit("/resources/depots");
    await page.keyboard.press("g");
    await page.keyboard.press(letter);
    await expect(page).toHaveURL((url) => url.pathname === path);
    await expect(on(page).heading).toHaveText(heading);
  });
}

test("`j` and `k` go through the rows", async ({ page, visit }) => {
  const seen = on(page);
  await visit("/resources/depots");
  await page.keyboard.press("j");
  await page.keyboard.press("j");
  await expect(seen.rows.nth(1)).toBeFocused();
  await page.keyboard.press("k");
  await page.keyboard.press("k");
  await expect(seen.rows.nth(0)).toBeFocused();
});

test("`?` shows the keys, Esc closes them and gives the focus back", async ({ page, visit }) => {
  const seen = on(page);
  await visit("/resources/depots");
  await page.keyboard.press("j");
  await page.keyboard.press("?");
  await expect(seen.help).toBeVisible();
  await expect(seen.help).toContainText("Search, from anywhere");
  // The page behind takes no keys and no focus meanwhile.
  await page.keyboard.press("j");
  for (let presses = 0; presses < 4; presses += 1) {
    await page.keyboard.press("Tab");
    const inside = await seen.help.evaluate(
      (help) => help.contains(document.activeElement) || document.activeElement === document.body,
    );
    expect(inside, "the focus stays in the help").toBe(true);
  }
  await page.keyboard.press("Escape");
  await expect(seen.help).toBeHidden();
  await expect(seen.rows.first()).toBeFocused();
});

test("the help opens and closes with its buttons, too", async ({ page, visit }) => {
  const seen = on(page);
  await visit("/");
  await page.getByRole("button", { name: "Keyboard shortcuts" }).click();
  await expect(seen.help).toBeVisible();
  await seen.help.getByRole("button", { name: "Close" }).click();
  await expect(seen.help).toBeHidden();
});

test("single keys can be switched off for good, and Ctrl-K still leads to the search", async ({ page, visit }) => {
  const seen = on(page);
  const settings = page.getByRole("button", { name: "Keyboard shortcuts and settings" });
  const choice = seen.help.getByRole("checkbox", { name: "Single-key shortcuts" });
  await visit("/resources/depots");
  await page.keyboard.press("?");
  await choice.uncheck();
  await expect(seen.help).not.toContainText("Next row");
  await page.keyboard.press("Escape");
  for (const reload of [false, true]) {
    if (reload) {
      await page.reload();
      await alive(page);
    }
    for (const key of ["j", "/", "?", "g", "d"]) await page.keyboard.press(key);
    await expect(seen.help).toBeHidden();
    await expect(seen.search).not.toBeFocused();
    await expect(seen.rows.first()).not.toBeFocused();
    await expect(page).toHaveURL(/\/resources\/depots$/);
    await page.keyboard.press("Control+k");
    await expect(seen.search).toBeFocused();
    await expect(seen.search).toHaveAttribute("aria-keyshortcuts", "Control+K");
    await seen.search.blur();
  }
  await settings.click();
  await choice.check();
  await page.keyboard.press("Escape");
  await expect(seen.help).toBeHidden();
  await page.keyboard.press("/");
  await expect(seen.search).toBeFocused();
});

test("the first Tab offers to skip to the content", async ({ page, visit }) => {
  const seen = on(page);
  await visit("/resources/depots");
  await page.keyboard.press("Tab");
  const skip = page.getByRole("link", { name: "Skip to content" });
  await expect(skip).toBeFocused();
  await expect(skip).toBeInViewport();
  await page.keyboard.press("Enter");
  await expect(seen.main).toBeFocused();
  await page.keyboard.press("Tab");
  const inMain = await seen.main.evaluate((main) => main.contains(document.activeElement));
  expect(inMain, "the next Tab is in the content").toBe(true);
});

for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? "on a listing" : "on a listing, without JavaScript", () => {
    test.use({ javaScriptEnabled });

    test("one can skip to the filters and to the results", async ({ page, visit }) => {
      const seen = on(page);
      const skipTo = async (name: string) => {
        await visit("/resources/depots");
        const skip = page.getByRole("link", { name: `Skip to ${name}` });
        for (let presses = 0; presses < 3; presses += 1) {
          await page.keyboard.press("Tab");
          if (await page.evaluate((text) => document.activeElement?.textContent === text, `Skip to ${name}`)) break;
        }
        await expect(skip).toBeFocused();
        await expect(skip).toBeInViewport();
        await page.keyboard.press("Enter");
        await expect(page.locator(`#${name}`)).toBeFocused();
        await expect(page.locator(`#${name}`)).toBeInViewport();
        await page.keyboard.press("Tab");
      };

      await skipTo("filters");
      const focused = seen.facets.locator(":focus");
      await expect(focused).toHaveText("State");
      await skipTo("results");
      await expect(page.getByRole("columnheader", { name: "Name" }).getByRole("link")).toBeFocused();
    });
  });
}

test("one can skip to the results again, from wherever the page is scrolled to", async ({ page, visit }) => {
  await page.setViewportSize({ width: 900, height: 500 });
  await visit("/resources");
  const skip = page.getByRole("link", { name: "Skip to results" });
  for (let time = 0; time < 2; time += 1) {
    await page.evaluate(() => window.scrollTo(0, 0));
    await skip.focus();
    await page.keyboard.press("Enter");
    await expect.poll(async () => (await on(page).main.getByRole("table").boundingBox())?.y).toBeLessThan(100);
  }
});

test("who types while a page is on its way is not interrupted", async ({ page, visit }) => {
  const seen = on(page);
  await visit("/");
  await page.route("**/api/ui/listing**", async (route) => {
    await new Promise((done) => setTimeout(done, 800));
    await route.continue();
  });
  await seen.types.getByRole("link", { name: /^Depots/ }).click();
  await page.keyboard.press("/");
  await page.keyboard.type("sales");
  await expect(seen.heading).toHaveText("Depots");
  await page.keyboard.type("raw");
  await expect(seen.search).toBeFocused();
  await expect(seen.search).toHaveValue("salesraw");
});

test("there is nothing to skip to where there are no filters", async ({ page, visit }) => {
  const seen = on(page);
  const skips = page.getByRole("link", { name: /^Skip to/ });
  await visit("/resources/depots/salesraw");
  await expect(skips).toHaveText(["Skip to content"]);
  await page.getByRole("navigation", { name: "Breadcrumb" }).getByRole("link", { name: "Depots" }).click();
  await expect(seen.rows.first()).toBeVisible();
  await expect(skips).toHaveText(["Skip to content", "Skip to filters", "Skip to results"]);
  await page.goBack();
  await expect(seen.heading).toHaveText("salesraw");
  await expect(skips).toHaveText(["Skip to content"]);
});

test("Tab goes from top to bottom: bar, types, content", async ({ page, visit }) => {
  const seen = on(page);
  await visit("/resources/depots/salesraw");
  const stops = [
    page.getByRole("link", { name: "Skip to content" }),
    page.getByRole("link", { name: "Pharos: overview" }),
    seen.search,
    page.getByRole("button", { name: /^Live updates/ }),
    page.getByRole("button", { name: "Keyboard shortcuts" }),
    page.getByRole("button", { name: "Switch between light and dark" }),
    seen.types.getByRole("link", { name: "Overview" }),
  ];
  for (const stop of stops) {
    await page.keyboard.press("Tab");
    await expect(stop).toBeFocused();
  }
  await tabTo(page, page.getByRole("navigation", { name: "Breadcrumb" }).getByRole("link", { name: "Depots" }));
});

test("whatever has the focus shows it", async ({ page, visit }) => {
  await visit("/resources/depots/salesraw");
  const unseen: string[] = [];
  let stops = 0;
  for (let presses = 0; presses < 60; presses += 1) {
    await page.keyboard.press("Tab");
    const stop = await page.evaluate(() => {
      const focused = document.activeElement as HTMLElement | null;
      if (!focused || focused === document.body) return undefined;
      // A field shows the focus of its input for it.
      const shown = [focused, focused.parentElement].some((element) => {
        const style = getComputedStyle(element as HTMLElement);
        return (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2) || style.boxShadow !== "none";
      });
      const box = focused.getBoundingClientRect();
      const inside = box.width > 0 && box.bottom > 0 && box.top < innerHeight;
      return { name: focused.outerHTML.slice(0, 90), ok: shown && inside };
    });
    if (!stop) break;
    stops += 1;
    if (!stop.ok) unseen.push(stop.name);
  }
  expect(stops).toBeGreaterThan(30);
  expect(unseen).toEqual([]);
});

test("after going to another page its heading has the focus, and its title is announced", async ({ page, visit }) => {
  const seen = on(page);
  const announced = page.getByRole("status", { name: "Page", exact: true });
  await visit("/");
  await expect(announced).toHaveText("");
  await tabTo(page, seen.types.getByRole("link", { name: /^Depots/ }));
  // What a screen reader would read of headings that get the focus.
  await page.evaluate(() => {
    const read: string[] = [];
    Object.assign(window, { read });
    addEventListener("focusin", ({ target }) => {
      if (target instanceof HTMLHeadingElement) read.push((target.textContent ?? "").trim());
    });
  });
  await page.keyboard.press("Enter");
  await expect(seen.heading).toHaveText("Depots");
  await expect(seen.heading).toBeFocused();
  await expect(announced).toHaveText("Depots · Pharos");

  // The heading of another listing is the same element with another text: it has the focus once it has the text.
  await tabTo(page, seen.types.getByRole("link", { name: /^Services/ }), "Shift+Tab");
  await page.keyboard.press("Enter");
  await expect(seen.heading).toHaveText("Services");
  await expect(seen.heading).toBeFocused();
  await expect(announced).toHaveText("Services · Pharos");

  await page.keyboard.press("j");
  await page.keyboard.press("Enter");
  await expect(seen.tabs).toBeVisible();
  await expect(seen.heading).toBeFocused();
  const name = await seen.heading.textContent();
  await expect(announced).toHaveText(`${name} · Services · Pharos`);
  expect(await page.evaluate(() => (window as unknown as { read: string[] }).read)).toEqual(["Depots", "Services", name]);
});

test("a page that is not there is read from its heading, too", async ({ page, visit, problems }) => {
  problems.expect(/404/);
  const seen = on(page);
  await visit("/resources/depots");
  await seen.rows.first().evaluate((link) => link.setAttribute("href", "/resources/depots/qqqxxxzzz"));
  await seen.rows.first().click();
  await expect(seen.heading).toHaveText("Not found");
  await expect(seen.heading).toBeFocused();
  await expect(page.getByRole("status", { name: "Page", exact: true })).toHaveText("Not found · Pharos");
});

test("a filter and a tab leave the focus where it is, and announce nothing", async ({ page, visit }) => {
  const seen = on(page);
  await visit("/resources/depots");
  const active = seen.states.getByRole("link", { name: /active$/ });
  await active.focus();
  await page.keyboard.press("Enter");
  await expect(active).toHaveAttribute("aria-current", "true");
  await expect(active).toBeFocused();

  await visit("/resources/depots/salesraw");
  const events = seen.tabs.getByRole("link", { name: "Events" });
  await events.focus();
  await page.keyboard.press("Enter");
  await expect(events).toHaveAttribute("aria-current", /page|true/);
  await expect(page).toHaveURL(/\/events$/);
  await expect(events).toBeFocused();
  await expect(page.getByRole("status", { name: "Page", exact: true })).toHaveText("");
});

test("`x` selects rows, and Escape clears", async ({ page, visit }) => {
  const seen = on(page);
  const selected = page.getByRole("group", { name: "Selected rows" });
  await visit("/resources/depots?sort=name");
  await page.keyboard.press("x");
  await expect(selected.getByRole("button")).toHaveCount(0);
  for (const key of ["j", "x", "j", "x", "j", "x"]) await page.keyboard.press(key);
  await expect(selected.getByRole("status").first()).toHaveText("3 selected");
  await page.keyboard.press("k");
  await page.keyboard.press("x");
  await expect(selected.getByRole("status").first()).toHaveText("2 selected");

  // Filters and the next page leave the selection as it is.
  await seen.pages.getByRole("link", { name: "Next" }).click();
  await expect(page).toHaveURL(/after=/);
  await expect(seen.heading).toBeFocused();
  for (const key of ["j", "x"]) await page.keyboard.press(key);
  await expect(selected.getByRole("status").first()).toHaveText("3 selected");

  await page.keyboard.press("Escape");
  await expect(selected.getByRole("status").first()).toHaveText("Nothing selected");
  await expect(selected.getByRole("button")).toHaveCount(0);
  await expect(seen.rows.first()).toBeFocused();
});

test("names and links of selected rows can be copied, and the rows opened", async ({ page, context, visit, baseURL }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  const seen = on(page);
  const selected = page.getByRole("group", { name: "Selected rows" });
  const copied = () => page.evaluate(() => navigator.clipboard.readText());
  await visit("/resources/depots?sort=name");
  const names = await seen.rows.allTextContents();
  for (const key of ["j", "j", "x", "k", "x"]) await page.keyboard.press(key);

  await selected.getByRole("button", { name: "Copy names" }).click();
  await expect(selected.getByRole("status").last()).toHaveText("Copied");
  expect(await copied()).toBe(`${names[1]}\n${names[0]}`);
  await selected.getByRole("button", { name: "Copy links" }).press("Enter");
  await expect.poll(copied).toBe(`${baseURL}/resources/depots/${names[1]}\n${baseURL}/resources/depots/${names[0]}`);

  // One window only: how many more a press may open is for each browser to say.
  await seen.rows.nth(1).focus();
  await page.keyboard.press("x");
  await expect(selected.getByRole("status").first()).toHaveText("1 selected");
  const opening = context.waitForEvent("page");
  await selected.getByRole("button", { name: "Open in new windows" }).click();
  const opened = await opening;
  await expect(on(opened).heading).toHaveText(names[0]);
  await opened.close();

  // The focus is not lost with the bar.
  await selected.getByRole("button", { name: "Clear" }).press("Enter");
  await expect(selected.getByRole("button")).toHaveCount(0);
  await expect(seen.rows.first()).toBeFocused();
});

test("the selection lasts while one looks at a Resource, and ends with the listing", async ({ page, visit }) => {
  const seen = on(page);
  const selected = page.getByRole("group", { name: "Selected rows" });
  await visit("/resources/depots");
  for (const key of ["j", "x"]) await page.keyboard.press(key);
  await expect(selected.getByRole("status").first()).toHaveText("1 selected");
  for (const key of ["g", "s"]) await page.keyboard.press(key);
  await expect(seen.heading).toHaveText("Services");
  await expect(selected.getByRole("button")).toHaveCount(0);
  for (const key of ["j", "x"]) await page.keyboard.press(key);
  await expect(selected.getByRole("status").first()).toHaveText("1 selected");
  await page.keyboard.press("Enter");
  await expect(seen.tabs).toBeVisible();
  // Keys that mean something in the listing do nothing to it from here.
  await page.keyboard.press("Escape");
  await page.goBack();
  await expect(seen.rows.first()).toBeFocused();
  await expect(selected.getByRole("status").first()).toHaveText("1 selected");
  await expect(selected.getByRole("button", { name: "Copy names" })).toBeVisible();
  for (const key of ["g", "d"]) await page.keyboard.press(key);
  await expect(seen.heading).toHaveText("Depots");
  await expect(selected.getByRole("button")).toHaveCount(0);
});

for (const colorScheme of ["light", "dark"] as const) {
  test(`the row that has the focus and the selected ones are easy to see, in ${colorScheme} colours`, async ({ page, visit }) => {
    await page.emulateMedia({ colorScheme });
    await visit("/resources/depots?sort=name");
    for (const key of ["j", "x", "j"]) await page.keyboard.press(key);
    const marks = await on(page).main.getByRole("rowheader").evaluateAll((heads) =>
      heads.slice(0, 3).map((head) => {
        const row = head.parentElement as HTMLElement;
        const tick = getComputedStyle(head.querySelector("a") as HTMLElement, "::before");
        const painter = document.createElement("canvas").getContext("2d", { willReadFrequently: true }) as CanvasRenderingContext2D;
        const colour = (css: string) => {
          painter.fillStyle = css;
          painter.fillRect(0, 0, 1, 1);
          return [...painter.getImageData(0, 0, 1, 1).data.slice(0, 3)];
        };
        const luminance = (css: string) => {
          const [red, green, blue] = colour(css).map((part) => {
            const share = part / 255;
            return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
          });
          return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
        };
        const contrast = (one: string, other: string) => {
          const [light, dark] = [luminance(one), luminance(other)].sort((left, right) => right - left);
          return (light + 0.05) / (dark + 0.05);
        };
        const style = getComputedStyle(row);
        const ground = getComputedStyle(document.body).backgroundColor;
        return {
          line: style.outlineStyle === "none" ? 0 : parseFloat(style.outlineWidth),
          lineContrast: contrast(style.outlineColor, ground),
          tick: tick.content.includes("✓"),
          tickContrast: contrast(tick.backgroundColor, style.backgroundColor),
        };
      }),
    );
    const [selected, focused, plain] = marks;
    expect(selected.tick, "a selected row has a tick").toBe(true);
    expect(selected.tickContrast).toBeGreaterThan(3);
    expect(focused.line, "the row that has the focus has a line round it").toBeGreaterThanOrEqual(2);
    expect(focused.lineContrast).toBeGreaterThan(3);
    expect([focused.tick, plain.tick, plain.line]).toEqual([false, false, 0]);
  });
}
