/**
 * A vitest reporter that lists the tests that passed only on a retry (`retry` in `vitest.config.ts`).
 * Such a test hides a race in the test or the product.
 */
export default class SecondTries {
  /** @param {readonly import("vitest/node").TestModule[]} modules */
  onTestRunEnd(modules) {
    const names = [];
    for (const module of modules) {
      for (const test of module.children.allTests("passed")) {
        if (test.diagnostic()?.flaky) names.push(`${module.relativeModuleId}: ${test.fullName}`);
      }
    }
    if (names.length === 0) return;
    process.stdout.write(`\nPassed only on retry:\n  ${names.join("\n  ")}\n`);
  }
}
