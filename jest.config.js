"use strict";

const common = {
  testEnvironment: "node",
  transform: { "^.+\\.ts$": ["@swc/jest", { jsc: { target: "es2022" }, module: { type: "commonjs" } }] },
  moduleNameMapper: {
    "^cdktf-vsphere-hotplug$": "<rootDir>/lib/index.ts",
    "^cdktf-vsphere-hotplug/testing$": "<rootDir>/lib/testing.ts",
  },
  modulePathIgnorePatterns: ["<rootDir>/dist/", "<rootDir>/.cache/"],
};

// What needs neither a build nor an engine nor a server, and is done in seconds: for while one works.
const unit = {
  ...common,
  displayName: "unit",
  testMatch: [
    "<rootDir>/test/*.test.ts",
    "<rootDir>/test/{hotplug,install,scripts,support,tfplugin6,x509}/**/*.test.ts",
    "<rootDir>/test/vim/wire/**/*.test.ts",
    "<rootDir>/test/provider/attributes/**/*.test.ts",
    "<rootDir>/test/provider/{configuration,host-gate}.test.ts",
    "<rootDir>/test/cli/terminal.test.ts",
  ],
  testPathIgnorePatterns: [
    "<rootDir>/test/tidy",
    "<rootDir>/test/install/(distribution|many-installs|shipped-provider)",
    "<rootDir>/test/support/plugin-client",
    "<rootDir>/test/tfplugin6/(fuzz|generated|grpc-server|serve)",
    "<rootDir>/test/vim/wire/(fuzzed-answers|http)",
  ],
};

// `specification` has all of `unit`; it needs node and terraform (or tofu) only, and `release` npm's
// registry as well. `call-log` runs after it: it judges
// what every embedded vCenter of the whole run was asked to do.
module.exports = {
  // Against what hangs; how long a test takes is not what it tests, and a busy machine takes its time.
  testTimeout: 30_000,
  projects: [
    unit,
    {
      ...common,
      displayName: "specification",
      testMatch: ["<rootDir>/test/**/*.test.ts"],
      testPathIgnorePatterns: ["<rootDir>/test/(interop|thorough|after|browser|release|bench|fleet)/"],
    },
    { ...common, displayName: "call-log", testMatch: ["<rootDir>/test/after/**/*.test.ts"] },
    { ...common, displayName: "bench", testMatch: ["<rootDir>/test/bench/**/*.test.ts"] },
    { ...common, displayName: "fleet", testMatch: ["<rootDir>/test/fleet/**/*.test.ts"] },
    { ...common, displayName: "browser", testMatch: ["<rootDir>/test/browser/**/*.test.ts"] },
    { ...common, displayName: "interop", testMatch: ["<rootDir>/test/interop/**/*.test.ts"] },
    { ...common, displayName: "release", testMatch: ["<rootDir>/test/release/**/*.test.ts"] },
    { ...common, displayName: "thorough", testMatch: ["<rootDir>/test/thorough/**/*.test.ts"] },
  ],
};
