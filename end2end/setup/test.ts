// What every browser test stands on: a page that is watched for anything going wrong, and ways to open addresses.
import { type BrowserContext, type Locator, type Page, type Response, expect, test as base } from "@playwright/test";

/** Collects what goes wrong in a browser context. A test that saw anything it did not announce fails. */
export class Problems {
  private readonly found: string[] = [];
  private readonly announced: RegExp[] = [];

  /** Says which problems belong to what a test does, such as the 404 of a page that is not there. */
  expect(...patterns: RegExp[]): void {
    this.announced.push(...patterns);
  }

  watch(context: BrowserContext): void {
    context.on("console", (message) => {
      if (["error", "warning"].includes(message.type())) {
        this.found.push(`console ${message.type()}: ${message.text()} (${message.location().url})`);
      }
    });
    context.on("weberror", (error) => this.found.push(`page error: ${error.error()}`));
    context.on("requestfailed", (request) => {
      const reason = request.failure()?.errorText ?? "";
      // What was under way when another page was opened, and downloads, end like this.
      if (reason !== "net::ERR_ABORTED") this.found.push(`failed: ${request.url()}: ${reason}`);
    });
    context.on("response", (response) => {
      if (response.status() >= 400) this.found.push(`status ${response.status()}: ${response.url()}`);
    });
  }

  unexpected(): string[] {
    return this.found.filter((problem) => !this.announced.some((pattern) => pattern.test(problem)));
  }
}

interface Fixtures {
  problems: Problems;
  /** Opens an address and waits until the page is alive, where it runs scripts. */
  visit: (path: string) => Promise<Response>;
}

export const test = base.extend<Fixtures>({
  problems: [
    async ({ context, javaScriptEnabled }, use) => {
      const problems = new Problems();
      // A browser that may not run scripts tells so for the file that the page loads ahead.
      if (javaScriptEnabled === false) problems.expect(/^failed: .*\.js: csp$/);
      problems.watch(context);
      await use(problems);
      expect(problems.unexpected(), "the browser reported problems").toEqual([]);
    },
    { auto: true },
  ],
  visit: async ({ page, javaScriptEnabled }, use) => {
    await use(async (path) => {
      const response = await open(page, path);
      if (javaScriptEnabled !== false) await alive(page);
      return response;
    });
  },
});

export { expect };

/** Opens an address. */
export async function open(page: Page, path: string): Promise<Response> {
  const response = await page.goto(path);
  if (!response) throw new Error(`no answer for ${path}`);
  return response;
}

/** Waits until the page has come alive. */
export async function alive(page: Page): Promise<void> {
  await expect(page.locator("html[data-hydrated=true]")).toBeAttached();
}

/** Marks the document, so that a full page load would be noticed: the mark would be gone. */
export async function mark(page: Page): Promise<void> {
  await page.evaluate(() => Object.assign(window, { sameDocument: true }));
}

/** Fails when the document marked by `mark` has been replaced. */
export async function expectSameDocument(page: Page): Promise<void> {
  expect(await page.evaluate(() => "sameDocument" in window), "the page was loaded anew").toBe(true);
}

/** What a person sees, named as a person would. */
export const on = (page: Page) => ({
  search: page.getByRole("combobox", { name: "Search Resources" }),
  suggestions: page.getByRole("listbox", { name: "Suggestions" }),
  announced: page.getByRole("search").getByRole("status"),
  types: page.getByRole("navigation", { name: "Resource types" }),
  main: page.getByRole("main"),
  heading: page.getByRole("main").getByRole("heading", { level: 1 }),
  states: page.getByRole("list", { name: "States" }),
  chosen: page.getByRole("list", { name: "Filters" }),
  facets: page.getByRole("group", { name: "Filters" }),
  results: page.getByRole("main").getByRole("status").filter({ hasText: /result/ }),
  rows: page.getByRole("main").getByRole("rowheader").getByRole("link"),
  pages: page.getByRole("navigation", { name: "Pages", exact: true }),
  tabs: page.getByRole("navigation", { name: "Parts of this page" }),
  nodes: page.getByRole("table", { name: "Runtime nodes" }),
  help: page.getByRole("dialog", { name: "Keyboard shortcuts" }),
});

/** The column titles of a table. */
export function columns(table: Locator): Locator {
  return table.getByRole("columnheader");
}

/** The part of the address after the host. */
export function address(page: Page): string {
  const url = new URL(page.url());
  return url.pathname + url.search;
}
