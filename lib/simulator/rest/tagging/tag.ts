import type { Tag } from "../../core/tagging";
import { optional, type RestCall, type Route, specOf, textOf } from "../route";
import { set } from "./category";

const path = "cis/tagging/tag";
const one = `${path}/{tag_id}`;

const tagOf = ({ world, path: { tag_id: id } }: RestCall): Tag => world.tagging.tag(id!);

/** Tags. */
export const tagRoutes: readonly Route[] = [
  { method: "GET", path, run: ({ world }) => world.tagging.tags.map(({ id }) => id) },
  {
    method: "POST",
    path,
    privilege: "InventoryService.Tagging.CreateTag",
    run: (call) => {
      const spec = specOf(call, "create_spec");
      return call.world.tagging.createTag({
        id: optional(textOf, spec, "tag_id"),
        name: textOf(spec, "name"),
        description: textOf(spec, "description"),
        category: call.world.tagging.category(textOf(spec, "category_id")),
      }).id;
    },
  },
  {
    method: "GET",
    path: one,
    run: (call) => {
      const { id, name, description, category } = tagOf(call);
      return { id, name, description, category_id: category.id, used_by: [] };
    },
  },
  {
    method: "PATCH",
    path: one,
    privilege: "InventoryService.Tagging.EditTag",
    run: (call) => {
      const spec = specOf(call, "update_spec");
      const changes = { name: optional(textOf, spec, "name"), description: optional(textOf, spec, "description") };
      call.world.tagging.updateTag(tagOf(call), set(changes));
    },
  },
  {
    method: "DELETE",
    path: one,
    privilege: "InventoryService.Tagging.DeleteTag",
    run: (call) => call.world.tagging.deleteTag(tagOf(call)),
  },
  {
    method: "POST",
    path: `${path}/{category_id}`,
    api: path,
    action: "list-tags-for-category",
    run: ({ world, path: { category_id: id }, body }) =>
      world.tagging.tagsOf(world.tagging.category(id ?? textOf(body, "category_id"))).map((tag) => tag.id),
  },
];
