import type { Category } from "../../core/tagging";
import { RestFault } from "../../rest-fault";
import { optional, type RestCall, type Route, specOf, textOf, textsOf } from "../route";

const path = "cis/tagging/category";
const one = `${path}/{category_id}`;

const categoryOf = ({ world, path: { category_id: id } }: RestCall): Category => world.tagging.category(id!);

/** Categories of tags. */
export const categoryRoutes: readonly Route[] = [
  { method: "GET", path, run: ({ world }) => world.tagging.categories.map(({ id }) => id) },
  {
    method: "POST",
    path,
    privilege: "InventoryService.Tagging.CreateCategory",
    run: (call) => {
      const spec = specOf(call, "create_spec");
      return call.world.tagging.createCategory({
        id: optional(textOf, spec, "category_id"),
        name: textOf(spec, "name"),
        description: textOf(spec, "description"),
        cardinality: cardinality(textOf(spec, "cardinality")),
        associableTypes: typesOf(spec, "associable_types"),
      }).id;
    },
  },
  {
    method: "GET",
    path: one,
    run: (call) => {
      const { id, name, description, cardinality, associableTypes } = categoryOf(call);
      return { id, name, description, cardinality, associable_types: associableTypes, used_by: [] };
    },
  },
  {
    method: "PATCH",
    path: one,
    privilege: "InventoryService.Tagging.EditCategory",
    run: (call) => {
      const spec = specOf(call, "update_spec");
      const given = optional(textOf, spec, "cardinality");
      const changes = {
        name: optional(textOf, spec, "name"),
        description: optional(textOf, spec, "description"),
        cardinality: given === undefined ? undefined : cardinality(given),
        associableTypes: optional(typesOf, spec, "associable_types"),
      };
      call.world.tagging.updateCategory(categoryOf(call), set(changes));
    },
  },
  {
    method: "DELETE",
    path: one,
    privilege: "InventoryService.Tagging.DeleteCategory",
    run: (call) => call.world.tagging.deleteCategory(categoryOf(call)),
  },
];

/** Types are taken as "urn:vim25:Folder", as vmware/vsphere writes them, and told as "Folder", as it reads them. */
const typesOf = (...field: Parameters<typeof textsOf>): string[] =>
  textsOf(...field).map((type) => type.replace(/^urn:vim25:/, ""));

function cardinality(value: string): string {
  if (value === "SINGLE" || value === "MULTIPLE") return value;
  throw new RestFault("invalid_argument", `The cardinality is SINGLE or MULTIPLE, not "${value}".`);
}

/** The fields that have a value. */
export const set = <T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as never;
