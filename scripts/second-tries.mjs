/**
 * A reporter for vitest: names the tests that passed only when they were tried once more (`retry` in
 * `vitest.config.ts`). Each hides a race, in the test or in the product, and is looked into.
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
    process.stdout.write(`\nPassed at the second try only:\n  ${names.join("\n  ")}\n`);
  }
}
