// Links that people have, and what a visit costs.
import type { BrowserContext, Page } from "@playwright/test";
import { PAGES } from "../setup/pages";
import { address, alive, expect, mark, on, test } from "../setup/test";

for (const { name, path, missing } of PAGES) {
  test(`${name} opens from its link, in a fresh browser`, async ({ page, visit, problems }) => {
    if (missing) problems.expect(/404/);
    expect((await visit(path)).status()).toBe(missing ? 404 : 200);
    expect(address(page)).toBe(path);
    await expect(on(page).heading).toBeVisible();
  });
}

for (const [old, now, heading] of [
  ["/metis/resources/depot/dataos.salesraw", "/resources/depots/salesraw", "salesraw"],
  ["/metis/resources/depots/dataos.salesraw/runtime", "/resources/depots/salesraw/runtime", "salesraw"],
  ["/metis/resources/service/dataos.public.orders-api", "/resources/services/public.orders-api", "orders-api"],
  [
    "/metis/resources/services/dataos.public.orders-api/runtime",
    "/resources/services/public.orders-api/runtime",
    "orders-api",
  ],
  ["/metis/resources/service", "/resources/services", "Services"],
  [
    "/operations/user-space/resources/resource-runtime?name=orders-api&type=service&workspace=public",
    "/resources/services/public.orders-api/runtime",
    "orders-api",
  ],
  [
    "/operations/user-space/resources/resource-runtime?name=salesraw&type=depot&workspace=",
    "/resources/depots/salesraw/runtime",
    "salesraw",
  ],
  ["/resources/depot", "/resources/depots", "Depots"],
  ["/resources/depots/", "/resources/depots", "Depots"],
]) {
  test(`the old link ${old} still works`, async ({ page, visit }) => {
    expect((await visit(old)).status()).toBe(200);
    expect(address(page)).toBe(now);
    await expect(on(page).heading).toHaveText(heading);
  });
}

/** What a page load brought over the wire: address and bytes, and what the browser had already. */
interface Fetched {
  url: string;
  bytes: number;
  status: number;
  kept: boolean;
}

async function recording(context: BrowserContext, page: Page): Promise<Fetched[]> {
  const session = await context.newCDPSession(page);
  const all = new Map<string, Fetched>();
  session.on("Network.responseReceived", ({ requestId, response }) => {
    const kept = response.fromDiskCache ?? false;
    all.set(requestId, { url: response.url, bytes: 0, status: response.status, kept });
  });
  session.on("Network.requestServedFromCache", ({ requestId }) => {
    const known = all.get(requestId);
    if (known) known.kept = true;
  });
  session.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => {
    const known = all.get(requestId);
    if (known) known.bytes = encodedDataLength;
  });
  await session.send("Network.enable");
  return { [Symbol.iterator]: () => all.values() } as unknown as Fetched[];
}

/** What a first visit may cost, in bytes. Nearly all of it is the WebAssembly. */
const FIRST_VISITS = [
  { name: "the overview", path: "/", limit: 432_000 },
  { name: "a listing", path: "/resources/depots", limit: 525_000 },
  { name: "a Resource", path: "/resources/depots/salesraw/runtime", limit: 528_000 },
];

for (const { name, path, limit } of FIRST_VISITS) {
  test(`a first visit of ${name} does not grow, fetches nothing twice and asks nobody else`, async ({
    page,
    context,
    baseURL,
  }, info) => {
    const fetched = await recording(context, page);
    await page.goto(path, { waitUntil: "load" });
    await alive(page);
    // The event stream never ends.
    const own = [...fetched].filter(({ url }) => !url.startsWith("data:") && !url.includes("/api/v1/changes"));
    expect(own.filter(({ url }) => !url.startsWith(`${baseURL}/`))).toEqual([]);
    expect(own.map(({ status }) => status)).toEqual(own.map(() => 200));

    const addresses = own.map(({ url }) => url);
    expect(addresses.some((url) => url.endsWith(".wasm"))).toBe(true);
    const twice = addresses.filter((url, place) => addresses.indexOf(url) !== place);
    expect(twice, "fetched twice").toEqual([]);

    const bytes = own.reduce((sum, one) => sum + one.bytes, 0);
    info.annotations.push({ type: "wire size", description: `${bytes} bytes in ${own.length} answers` });
    console.log(`first visit of ${path}: ${bytes} bytes in ${own.length} answers`);
    expect(bytes, own.map((one) => `${one.bytes} ${one.url}`).join("\n")).toBeLessThan(limit);
  });
}

test("going from page to page transfers data alone, and little of it", async ({ page, context, visit }) => {
  await visit("/resources/depots");
  // From then on the counts of the navigation follow changes, and are not asked for with each page.
  await expect(page.getByRole("button", { name: "Live updates: live" })).toBeVisible();
  const fetched = await recording(context, page);
  await on(page).types.getByRole("link", { name: /^Services/ }).click();
  await expect(on(page).heading).toHaveText("Services");
  const first = await on(page).rows.allTextContents();
  await on(page).pages.getByRole("link", { name: "Next" }).click();
  await expect(on(page).rows.first()).not.toHaveText(first[0]);
  // Icons are masks inside the style sheet, and the event stream never ends.
  const own = [...fetched].filter(({ url }) => !/^data:|\/api\/v1\/changes|\/favicon/.test(url));
  expect(own.map(({ url }) => new URL(url).pathname)).toEqual(["/api/ui/listing", "/api/ui/listing"]);
  for (const { url, bytes } of own) expect(bytes, url).toBeLessThan(8_000);
});

test("a page whose part of the WebAssembly did not arrive is loaded again", async ({ page, visit, problems }) => {
  await visit("/resources/depots");
  problems.expect(/ERR_FAILED/, /Failed to fetch/, /unreachable/);
  let refused = 0;
  await page.route("**/pkg/**/*.wasm", (route) => {
    refused += 1;
    return refused === 1 ? route.abort() : route.continue();
  });
  await mark(page);
  await on(page).rows.first().click();
  await expect.poll(() => page.evaluate(() => "sameDocument" in window).catch(() => true)).toBe(false);
  await alive(page);
  await on(page).types.getByRole("link", { name: "Sources", exact: true }).click();
  await expect(on(page).heading).toHaveText("Sources");
});

test("a second visit fetches next to nothing", async ({ page, context }) => {
  await page.goto("/resources/depots", { waitUntil: "networkidle" });
  await alive(page);
  const again = await context.newPage();
  const fetched = await recording(context, again);
  await again.goto("/resources/depots", { waitUntil: "networkidle" });
  await alive(again);
  const all = [...fetched].filter(({ url }) => !url.startsWith("data:"));
  const files = all.filter(({ url }) => url.includes("/pkg/"));
  expect(files.length).toBeGreaterThan(0);
  // Files whose name changes with their content are not even asked about.
  expect(files.filter(({ kept, bytes }) => !kept && bytes > 0)).toEqual([]);
  const bytes = all.reduce((sum, one) => sum + one.bytes, 0);
  expect(bytes, all.map((one) => `${one.bytes} ${one.url}`).join("\n")).toBeLessThan(30_000);
});

test("what has not changed is answered with 304", async ({ request }) => {
  for (const path of ["/favicon.svg", "/robots.txt"]) {
    const first = await request.get(path);
    const tag = first.headers()["etag"];
    expect(tag, path).toBeTruthy();
    const second = await request.get(path, { headers: { "if-none-match": tag } });
    expect(second.status(), path).toBe(304);
  }
  // The tag of a page changes with the ages on it: it may have done so just now, but not twice.
  await expect(async () => {
    const tag = (await request.get("/resources/depots")).headers()["etag"];
    const second = await request.get("/resources/depots", { headers: { "if-none-match": tag } });
    expect(second.status()).toBe(304);
  }).toPass({ timeout: 5_000 });
});

test("a page that the browser kept comes alive", async ({ page, visit }) => {
  // The kept policy names the scripts of the kept page, or they would not run.
  await visit("/resources/depots");
  await visit("/resources/services");
  await visit("/resources/depots");
  await page.reload();
  await alive(page);
  await expect(on(page).rows.first()).toBeVisible();
});

for (const path of ["/resources?state=%00", "/resources/%00", "/resources/services/%00", "/resources/%ff"]) {
  test(`${path} does not end the page`, async ({ page, visit, problems }) => {
    problems.expect(/404/);
    await visit(path);
    await page.keyboard.press("?");
    await expect(page.getByRole("dialog")).toBeVisible();
    await expect(on(page).main).not.toContainText("1,500 results");
  });
}
