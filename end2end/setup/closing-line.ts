// Ends the output with one line that says how it went, for whoever reads only that.
import type { Reporter, TestCase } from "@playwright/test/reporter";

export default class ClosingLine implements Reporter {
  private tests = new Set<TestCase>();

  onTestEnd(test: TestCase): void {
    this.tests.add(test);
  }

  printsToStdio(): boolean {
    return true;
  }

  async onExit(): Promise<void> {
    const ended = [...this.tests].map((test) => test.outcome());
    const skipped = ended.filter((outcome) => outcome === "skipped").length;
    const passed = ended.filter((outcome) => outcome === "expected").length;
    const failed = ended.length - passed - skipped;
    const line = `browser: ${passed} passed, ${failed} failed, ${skipped} skipped\n`;
    await new Promise<void>((written) => process.stdout.write(line, () => written()));
  }
}
