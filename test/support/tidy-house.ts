import { posix } from "node:path";
import { type Module, modulesOf } from "./modules";
import { GENERATED, type SourceFile, type TidyRule } from "./tidy-rules";

const LIB = /^lib\//;

/** Three floors, imports run down only; on the ground floor nobody knows a neighbour. */
const FLOORS: Record<string, number> = {
  index: 3,
  testing: 3,
  cli: 2,
  provider: 2,
  constructs: 2,
  simulator: 1,
  vim: 1,
  tfplugin6: 1,
  install: 1,
  hotplug: 1,
  guest: 1,
  page: 0,
  environment: 0,
  x509: 0,
};

/** What one floor allows and the design doesn't. */
const NEVER: Record<string, string[]> = {
  constructs: ["vim", "simulator", "tfplugin6"],
  provider: ["simulator", "install"],
  cli: ["constructs", "provider"],
};

/** Rooms of a floor: what each may import of the folder that it is in, beside itself. */
const ROOMS: [room: RegExp, within: string, besides: RegExp][] = [
  // The core reads neither time nor environment: what it needs is handed in.
  [/^lib\/hotplug\//, "lib/", /^lib\/(clock|compare-versions|printable)\.ts$/],
  // Rules are asked by the engines and know none.
  [/^lib\/hotplug\/rules\//, "lib/hotplug/", /^lib\/hotplug\/[^/]+$/],
  [/^lib\/vim\/wire\//, "lib/vim/", /^$/],
  [/^lib\/vim\/session\//, "lib/vim/", /^lib\/vim\/wire\//],
  // A resource knows what all of them share, and no other resource; what they share knows none.
  [/^lib\/provider\/[^/]+\//, "lib/provider/", /^lib\/provider\/([^/]+$|attributes\/)/],
];

/** A file that lies in lib itself is a leaf below the floors, unless it is one of the two tops. */
const floorOf = (path: string): number | undefined => {
  const folder = folderOf(path);
  return FLOORS[folder] ?? (path === `lib/${folder}.ts` ? 0 : undefined);
};

/** `vim` of lib/vim/session/client.ts, `clock` of lib/clock.ts. */
const folderOf = (path: string): string => /^lib\/(.+?)(?:\.ts)?(?:\/|$)/.exec(path)![1]!;

export const floors: TidyRule = (files) => [
  ...modulesOf(files, LIB)
    .filter(({ path }) => floorOf(path) === undefined)
    .map(({ path }) => `${path} is in lib/${folderOf(path)}, which has no floor`),
  ...importsOf(files, (path, target) => {
    const [from, to] = [folderOf(path), folderOf(target)];
    return from === to || ((floorOf(target) ?? 9) < (floorOf(path) ?? 9) && !NEVER[from]?.includes(to));
  }),
];

export const rooms: TidyRule = (files) =>
  importsOf(files, (path, target) =>
    ROOMS.every(([room, within, besides]) => {
      const own = room.exec(path)?.[0];
      return own === undefined || target.startsWith(own) || !target.startsWith(within) || besides.test(target);
    }),
  );

/** The imports inside lib that may not be. */
function importsOf(files: readonly SourceFile[], mayImport: (path: string, target: string) => boolean): string[] {
  const found = modulesOf(files, LIB).flatMap(({ path, imports }) =>
    imports
      .filter(({ target }) => LIB.test(target) && !mayImport(path, target))
      .map(({ target }) => `${path} imports ${target}`),
  );
  return [...new Set(found)];
}

/** Files of lib that import each other, by whatever way. */
export const circles: TidyRule = (files) => {
  const graph = graphOf(modulesOf(files, LIB));
  const told = new Set<string>();
  return [...graph.keys()].sort().flatMap((path) => {
    const circle = told.has(path) ? undefined : shortestWayBack(graph, path);
    if (!circle) return [];
    const tied = [...reachedFrom(graph, [path])].filter((other) => reachedFrom(graph, [other]).has(path));
    for (const other of tied) told.add(other);
    const more = tied.length > circle.length ? ` (of ${tied.length} files that reach each other)` : "";
    return [`${[...circle, path].join(" → ")}${more}`];
  });
};

type Graph = ReadonlyMap<string, readonly string[]>;

const graphOf = (modules: readonly Module[]): Graph =>
  new Map(modules.map(({ path, imports }) => [path, imports.map(({ target }) => target)]));

/** What these files import, and what those import, and so on. */
function reachedFrom(graph: Graph, start: readonly string[]): Set<string> {
  const reached = new Set<string>();
  for (const queue = [...start]; queue.length > 0; ) {
    const next = (graph.get(queue.pop()!) ?? []).filter((target) => !reached.has(target));
    for (const target of next) reached.add(target);
    queue.push(...next);
  }
  return reached;
}

/** The files of the shortest circle through one, which comes first. */
function shortestWayBack(graph: Graph, start: string): string[] | undefined {
  const seen = new Set<string>();
  for (const queue = [[start]]; queue.length > 0; ) {
    const way = queue.shift()!;
    for (const target of graph.get(way.at(-1)!) ?? []) {
      if (target === start) return way;
      if (!seen.has(target)) queue.push([...way, target]);
      seen.add(target);
    }
  }
  return undefined;
}

/** Where users, the engines and the shell come in. */
const SURFACE = ["lib/index.ts", "lib/testing.ts"];
const ENTRIES = [...SURFACE, "lib/cli/vsphere-hotplug.ts", "lib/provider/main.ts", "lib/page/browser/main.ts"];

export const deadFiles: TidyRule = (files) => {
  const modules = modulesOf(files, LIB);
  const alive = reachedFrom(graphOf(modules), ENTRIES);
  return modules
    .filter(({ path }) => !alive.has(path) && !ENTRIES.includes(path))
    .map(({ path }) => `${path} is reached from nowhere`);
};

export const deadExports: TidyRule = (files) => {
  const imported = new Set(
    modulesOf(files, /^(lib|test|scripts|examples)\//).flatMap(({ imports }) =>
      imports.flatMap(({ target, names }) => [...names].map((name) => `${target} ${name}`)),
    ),
  );
  return modulesOf(files, LIB)
    .filter(({ path }) => !SURFACE.includes(path) && !GENERATED.test(path))
    .flatMap(({ path, exports }) =>
      exports.filter((name) => !imported.has(`${path} ${name}`)).map((name) => [path, name]),
    )
    .map(([path, name]) => `${path} exports ${name}, which nobody imports`);
};

const MOST_FILES = 20;

/** The objects that vCenter has and their methods are as many as they are, a file each. */
const AS_MANY_AS_THERE_ARE = /^lib\/simulator\/objects(\/|$)/;

export const folderSize: TidyRule = (files) => {
  const folders = files.map(({ path }) => posix.dirname(path)).filter((folder) => LIB.test(`${folder}/`));
  return [...new Set(folders)]
    .filter((folder) => !AS_MANY_AS_THERE_ARE.test(folder))
    .map((folder) => [folder, folders.filter((other) => other === folder).length] as const)
    .filter(([, count]) => count > MOST_FILES)
    .map(([folder, count]) => `${folder} has ${count} files`);
};

/** One noun, one order of its words: a reader looks for a file under one name. */
export const wordOrder: TidyRule = (files) => {
  const names = new Map<string, string>();
  return files
    .filter(({ path }) => LIB.test(path) && !GENERATED.test(path))
    .flatMap(({ path }) => {
      const name = posix.basename(path).replace(/\..*/, "");
      const words = name.split("-").sort().join("-");
      const other = names.get(words) ?? name;
      names.set(words, other);
      return other === name ? [] : [`${path} is named ${name}, and another file ${other}`];
    });
};
