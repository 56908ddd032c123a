import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { EngineMissingError, findEngine, openTofu } from "../../scripts/engine";

const { HOTPLUG_TEST_ENGINE, PATH } = process.env;
const folder = mkdtempSync(join(tmpdir(), "hotplug-engine-"));
const calls = join(folder, "calls");

beforeEach(() => {
  delete process.env["HOTPLUG_TEST_ENGINE"];
  process.env["PATH"] = "/nowhere";
  jest.spyOn(console, "error").mockReturnValue();
});
afterEach(() => {
  Object.assign(process.env, { PATH, ...(HOTPLUG_TEST_ENGINE && { HOTPLUG_TEST_ENGINE }) });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A folder of its own on PATH with a `go` that notes how it was called. */
function fakeGo(build: string): string {
  const directory = mkdtempSync(join(folder, "go-"));
  const answers = `mod) echo '{"Dir": "/sources"}';; build) ${build};;`;
  const script = `#!/bin/sh\necho "$*" >> ${calls}\ncase $1 in ${answers} esac\n`;
  writeFileSync(join(directory, "go"), script, { mode: 0o755 });
  process.env["PATH"] = `${directory}:/usr/bin:/bin`;
  return directory;
}

test("where there is neither engine on PATH and no Go, one sentence says what to install", () => {
  expect(() => findEngine(folder)).toThrow(EngineMissingError);
  expect(() => findEngine(folder)).toThrow(
    /^There is no tofu on PATH, .*: install terraform \(1\.11 or later\), tofu \(1\.10 or later\) or Go \(1\.25 or later\) to build it\.$/,
  );
});

test("OpenTofu is built from its module, once", () => {
  const cache = fakeGo(`printf '#!/bin/sh\\necho OpenTofu v0' > "$6"; chmod +x "$6"`);
  const path = join(cache, "opentofu-1.10.10-built/tofu");
  expect(findEngine(cache)).toEqual({ path, title: "OpenTofu v0" });
  expect(openTofu(cache)).toBe(path);
  expect(readFileSync(calls, "utf8").split("\n")).toEqual([
    "version",
    "mod download -json github.com/opentofu/opentofu@v1.10.10",
    `build -C /sources -ldflags=-X github.com/opentofu/opentofu/version.dev=no -o ${path}.partial ./cmd/tofu`,
    "",
  ]);
});

test("a build that fails is told with what Go said, and leaves nothing that is taken for an engine", () => {
  const cache = fakeGo(`echo no space left >&2; echo half > "$6"; exit 1`);
  for (let attempt = 0; attempt < 2; attempt++) {
    expect(() => findEngine(cache)).toThrow(EngineMissingError);
    expect(() => findEngine(cache)).toThrow(/no space left\nThere is no tofu on PATH, and Go can't build it: install /);
  }
});

test("an engine that doesn't start is told by its path", () => {
  process.env["HOTPLUG_TEST_ENGINE"] = "/nowhere/terraform";
  expect(() => findEngine()).toThrow("/nowhere/terraform doesn't start");
});
