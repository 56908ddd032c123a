import { existsSync } from "node:fs";
import { join } from "node:path";
import { EngineMissingError, findEngine } from "../../scripts/engine";

const CACHED = join(__dirname, "../../.cache/opentofu-1.10.6/tofu");
const { HOTPLUG_TEST_ENGINE, PATH } = process.env;
const fetchMock = jest.spyOn(globalThis, "fetch");

beforeEach(() => {
  delete process.env["HOTPLUG_TEST_ENGINE"];
  process.env["PATH"] = "/nowhere";
});
afterEach(() => {
  Object.assign(process.env, { PATH, ...(HOTPLUG_TEST_ENGINE && { HOTPLUG_TEST_ENGINE }) });
  fetchMock.mockReset();
});

const onLinux = process.platform === "linux" && !existsSync(CACHED) ? test : test.skip;

onLinux("where neither engine is on PATH and none can be fetched, one sentence says what to install", async () => {
  fetchMock.mockRejectedValue(new TypeError("fetch failed"));
  await expect(findEngine()).rejects.toThrow(EngineMissingError);
  await expect(findEngine()).rejects.toThrow(
    /^Neither terraform nor tofu is on PATH, .*: install terraform \(1\.11 or later\) or tofu \(1\.10 or later\)\.$/,
  );
  expect(fetchMock.mock.calls[0]?.[0]).toMatch(
    /^https:\/\/github\.com\/opentofu\/opentofu\/releases\/download\/v1\.10\.6\/tofu_1\.10\.6_linux_(amd64|arm64)\.zip$/,
  );
});

onLinux("what comes instead of the pinned release is refused and not kept", async () => {
  fetchMock.mockResolvedValue(new Response("something else"));
  await expect(findEngine()).rejects.toThrow(/is not the pinned one: SHA-256 [0-9a-f]{64}, expected [0-9a-f]{64}/);
  expect(existsSync(CACHED)).toBe(false);
});

test("an engine that doesn't start is told by its path", async () => {
  process.env["HOTPLUG_TEST_ENGINE"] = "/nowhere/terraform";
  await expect(findEngine()).rejects.toThrow("/nowhere/terraform doesn't start");
});
