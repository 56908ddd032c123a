import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { spawnSync } from "node:child_process";

const ROOT = join(__dirname, "../..");
const MODULES = join(ROOT, "node_modules");

/** What `cdktf init` writes for a project in TypeScript. */
const INITIAL = JSON.parse(
  readFileSync(join(MODULES, "cdktf-cli/bundle/templates/typescript/tsconfig.json"), "utf8"),
) as { compilerOptions: object };

/** A project of somebody's own, with this package, as it was built, among its dependencies. */
export class OwnProject {
  readonly directory = mkdtempSync(join(tmpdir(), "hotplug-project-"));

  /** `packages`: further ones of node_modules, or others under that name, by their folders. */
  constructor(packages: Record<string, string> = {}) {
    const shared = ["cdktf", "constructs", "@cdktf/provider-vsphere", "@types/node", "@types/jest"];
    const all = {
      "cdktf-vsphere-hotplug": ROOT,
      ...Object.fromEntries(shared.map((name) => [name, join(MODULES, name)])),
      ...packages,
    };
    for (const [name, target] of Object.entries(all)) {
      const link = join(this.directory, "node_modules", name);
      mkdirSync(dirname(link), { recursive: true });
      symlinkSync(target, link);
    }
  }

  write(name: string, content: string): void {
    mkdirSync(dirname(join(this.directory, name)), { recursive: true });
    writeFileSync(join(this.directory, name), content);
  }

  /** What tsc says of a program; nothing where all is well. */
  compile(program: string, options: object = {}): string {
    const compilerOptions = { ...INITIAL.compilerOptions, incremental: false, noEmit: true, ...options };
    this.write("tsconfig.json", JSON.stringify({ ...INITIAL, compilerOptions }));
    this.write("main.ts", program);
    return this.run(["typescript/bin/tsc", "--pretty", "false"]);
  }

  /** Runs a program of node_modules and returns all that it prints. */
  run([program, ...args]: [string, ...string[]], environment: Record<string, string> = {}): string {
    const { stdout, stderr, error } = spawnSync(process.execPath, [join(MODULES, program), ...args], {
      cwd: this.directory,
      encoding: "utf8",
      env: { ...process.env, TSX_DISABLE_CACHE: "1", FORCE_COLOR: "0", ...environment },
    });
    if (error) throw error;
    return stdout + stderr;
  }

  dispose(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }
}
