"use strict";

// The core's own tests and no others: what `npm run test:mutation` asks whether they would see a fault of the core.
module.exports = {
  rootDir: "..",
  testEnvironment: "node",
  transform: { "^.+\\.ts$": ["@swc/jest", { jsc: { target: "es2022" }, module: { type: "commonjs" } }] },
  // Fewer folders to look through, in each of thousands of runs.
  roots: ["<rootDir>/lib", "<rootDir>/scripts/generate", "<rootDir>/test/hotplug", "<rootDir>/test/support"],
  testMatch: ["<rootDir>/test/hotplug/**/*.test.ts"],
};
