import { contentLibraryRoutes } from "./content-library";
import type { Route } from "./route";
import { sessionRoutes } from "./session";
import { associationRoutes } from "./tagging/association";
import { categoryRoutes } from "./tagging/category";
import { tagRoutes } from "./tagging/tag";

/** All that the REST API has, a file a kind of thing. */
const ROUTES: readonly Route[] = [
  ...sessionRoutes,
  ...categoryRoutes,
  ...tagRoutes,
  ...associationRoutes,
  ...contentLibraryRoutes,
];

interface Served {
  readonly route: Route;
  /** Without what differs from call to call: "GET /rest/com/vmware/cis/tagging/tag/id:{tag_id}". */
  readonly operation: string;
  readonly method: string;
  readonly path: RegExp;
  readonly action: { readonly name: string; readonly value?: string };
}

/** An id stands in a path as `id:…` under /rest, by itself under /api. */
function served(route: Route, form: "rest" | "api"): Served {
  const [root, parameter, action] =
    form === "rest" ? ["/rest/com/vmware/", "id:{$1}", "~action"] : ["/api/", "{$1}", "action"];
  const place = root + ((form === "api" ? route.api : undefined) ?? route.path).replace(/\{(\w+)\}/g, parameter);
  return {
    route,
    operation: `${route.method} ${place}${route.action === undefined ? "" : `?${action}=${route.action}`}`,
    method: route.method,
    path: new RegExp(`^${place.replace(/\{(\w+)\}/g, "(?<$1>[^/]+)")}$`),
    action: { name: action, value: route.action },
  };
}

const SERVED: readonly Served[] = ROUTES.flatMap((route) => [served(route, "rest"), served(route, "api")]);

/** The route of a request, what its path holds, and the name of the operation; undefined where there is none. */
export function findRoute({
  method,
  path,
  query,
}: {
  method: string;
  path: string;
  query: URLSearchParams;
}): { route: Route; operation: string; parameters: Record<string, string> } | undefined {
  for (const { route, operation, ...at } of SERVED) {
    if (at.method !== method || (query.get(at.action.name) ?? undefined) !== at.action.value) continue;
    const match = at.path.exec(path);
    if (!match) continue;
    const parameters = Object.entries(match.groups ?? {}).map(([name, text]) => [name, decoded(text)]);
    return { route, operation, parameters: Object.fromEntries(parameters) as Record<string, string> };
  }
  return undefined;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
