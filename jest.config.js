"use strict";

const common = {
  testEnvironment: "node",
  transform: { "^.+\\.ts$": ["@swc/jest", { jsc: { target: "es2022" }, module: { type: "commonjs" } }] },
  moduleNameMapper: {
    "^cdktf-vsphere-hotplug$": "<rootDir>/lib/index.ts",
    "^cdktf-vsphere-hotplug/testing$": "<rootDir>/lib/testing.ts",
  },
  modulePathIgnorePatterns: ["<rootDir>/dist/"],
};

// `specification` needs node and terraform (or tofu) only. `call-log` runs after it: it judges
// what every embedded vCenter of the whole run was asked to do.
module.exports = {
  projects: [
    {
      ...common,
      displayName: "specification",
      testMatch: ["<rootDir>/test/**/*.test.ts"],
      testPathIgnorePatterns: ["<rootDir>/test/(interop|thorough|after)/"],
    },
    { ...common, displayName: "call-log", testMatch: ["<rootDir>/test/after/**/*.test.ts"] },
    { ...common, displayName: "interop", testMatch: ["<rootDir>/test/interop/**/*.test.ts"] },
    { ...common, displayName: "thorough", testMatch: ["<rootDir>/test/thorough/**/*.test.ts"] },
  ],
};
