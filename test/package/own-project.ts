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

  /** `packages`: further ones, or others under a name, by the name that they have in this clone's node_modules. */
  constructor(packages: Record<string, string> = {}) {
    const shared = ["cdktf", "constructs", "@cdktf/provider-vsphere", "@types/node", "@types/jest", "undici-types"];
    const all = { ...Object.fromEntries(shared.map((name) => [name, name])), ...packages };
    for (const [name, target] of Object.entries(all)) this.link(name, join(MODULES, target));
    // Not the clone as a whole: its node_modules would come before the project's.
    for (const part of ["package.json", "dist"]) this.link(`cdktf-vsphere-hotplug/${part}`, join(ROOT, part));
  }

  private link(name: string, target: string): void {
    const link = join(this.directory, "node_modules", name);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(target, link);
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
    return this.run([join(MODULES, "typescript/bin/tsc"), "--pretty", "false", "--preserveSymlinks"]);
  }

  /** Runs a program in JavaScript, whose packages are the project's as they are linked. */
  execute(program: string): string {
    this.write("main.js", program);
    return this.run(["--preserve-symlinks", "--preserve-symlinks-main", "main.js"]);
  }

  /** Runs node and returns all that it prints. */
  private run(args: readonly string[]): string {
    const { stdout, stderr, error } = spawnSync(process.execPath, args, {
      cwd: this.directory,
      encoding: "utf8",
      env: { ...process.env, FORCE_COLOR: "0" },
    });
    if (error) throw error;
    return stdout + stderr;
  }

  dispose(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }
}
