import { RestFault } from "../rest-fault";
import type { Route } from "./route";

/** There is no content library: clients ask whether a template is an item of one, and learn that it is not. */
export const contentLibraryRoutes: readonly Route[] = [
  { method: "GET", path: "content/library", run: () => [] },
  {
    method: "GET",
    path: "content/library/item/{library_item_id}",
    run: ({ path: { library_item_id: id } }) => {
      throw new RestFault(
        "not_found",
        `The library item with identifier ${id} does not exist.`,
        "com.vmware.vdcs.cls-main.library_item_not_found",
        [id!],
      );
    },
  },
];
