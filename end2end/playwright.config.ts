import { existsSync } from "node:fs";
import { defineConfig } from "@playwright/test";
import { CHROMIUM_FLAGS } from "./setup/chromium.mjs";

const browser = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find((path) => existsSync(path));

export default defineConfig({
  testDir: "tests",
  fullyParallel: true,
  workers: 2,
  // A test that passes only now and then has failed.
  retries: 0,
  forbidOnly: true,
  timeout: 30_000,
  reporter: [["list"], ["./setup/closing-line.ts"]],
  globalSetup: "./setup/server.ts",
  use: {
    baseURL: "http://127.0.0.1:3999",
    browserName: "chromium",
    launchOptions: {
      executablePath: browser,
      args: CHROMIUM_FLAGS,
    },
    trace: "off",
  },
});
