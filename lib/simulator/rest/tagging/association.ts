import { isAllowed } from "../../core/session";
import type { Tag } from "../../core/tagging";
import { RestFault } from "../../rest-fault";
import { Reference } from "../../value";
import { fieldsOf, type RestCall, type Route, textOf, textsOf } from "../route";

const path = "cis/tagging/tag-association";
const one = `${path}/{tag_id}`;

type Fields = RestCall["body"];

/** What tags are attached to: one, some, or many of each. */
export const associationRoutes: readonly Route[] = [
  {
    ...{ method: "POST", path: one, action: "attach", about: objectIn },
    run: (call) => attach(call, tagOf(call), objectOf(call)),
  },
  {
    ...{ method: "POST", path: one, action: "detach", about: objectIn },
    run: (call) => detach(call, tagOf(call), objectOf(call)),
  },
  {
    ...{ method: "POST", path, action: "attach-multiple-tags-to-object", about: objectIn },
    run: (call) => {
      const object = objectOf(call);
      return batch(textsOf(call.body, "tag_ids"), (id) => attach(call, call.world.tagging.tag(id), object));
    },
  },
  {
    ...{ method: "POST", path, action: "detach-multiple-tags-from-object", about: objectIn },
    run: (call) => {
      const object = objectOf(call);
      return batch(textsOf(call.body, "tag_ids"), (id) => detach(call, call.world.tagging.tag(id), object));
    },
  },
  {
    ...{ method: "POST", path: one, action: "attach-tag-to-multiple-objects" },
    run: (call) => {
      const tag = tagOf(call);
      return batch(referencesIn(call.body), (ref) => attach(call, tag, known(call, ref)));
    },
  },
  {
    ...{ method: "POST", path: one, action: "detach-tag-from-multiple-objects" },
    run: (call) => {
      const tag = tagOf(call);
      return batch(referencesIn(call.body), (ref) => detach(call, tag, known(call, ref)));
    },
  },
  {
    ...{ method: "POST", path, action: "list-attached-tags", about: objectIn },
    run: (call) => ids(call.world.tagging.attached(objectOf(call))),
  },
  {
    ...{ method: "POST", path, action: "list-attachable-tags", about: objectIn },
    run: (call) => {
      const { tagging } = call.world;
      const object = objectOf(call);
      return ids(
        tagging.tags.filter((tag) => !tagging.attached(object).includes(tag) && tagging.isAttachable(tag, object)),
      );
    },
  },
  { method: "POST", path: one, action: "list-attached-objects", run: (call) => objectsOf(tagOf(call)) },
  {
    ...{ method: "POST", path, action: "list-attached-objects-on-tags" },
    run: ({ world: { tagging }, body }) =>
      textsOf(body, "tag_ids").map((id) => ({ tag_id: id, object_ids: objectsOf(tagging.tag(id)) })),
  },
  {
    ...{ method: "POST", path, action: "list-attached-tags-on-objects" },
    run: (call) =>
      referencesIn(call.body)
        .map((ref) => ({ object_id: written(ref), tag_ids: ids(call.world.tagging.attached(known(call, ref))) }))
        .filter(({ tag_ids: tags }) => tags.length > 0),
  },
];

const ids = (tags: readonly Tag[]): string[] => tags.map(({ id }) => id);

const tagOf = ({ world, path: { tag_id: id } }: RestCall): Tag => world.tagging.tag(id!);

/** A reference as this API has it. */
const written = ({ type, id }: Reference): { type: string; id: string } => ({ type, id });

const objectsOf = ({ objects }: Tag): { type: string; id: string }[] =>
  [...objects].map((text) => {
    const [type, ...id] = text.split(":");
    return { type: type!, id: id.join(":") };
  });

const read = (fields: Fields): Reference => new Reference(textOf(fields, "type"), textOf(fields, "id"));

function referencesIn({ object_ids: list }: Fields): Reference[] {
  if (!Array.isArray(list)) throw new RestFault("invalid_argument", 'a list of objects is expected as "object_ids"');
  return list.map((one: unknown) => read(fieldsOf({ one }, "one")));
}

/** For the log: a body that can't be read is about nothing. */
function objectIn({ body }: { body: Fields }): Reference | undefined {
  try {
    return read(fieldsOf(body, "object_id"));
  } catch {
    return undefined;
  }
}

const objectOf = (call: RestCall): Reference => known(call, read(fieldsOf(call.body, "object_id")));

/** Of an object that isn't there vCenter says that it may not be used, as of one that may not be seen. */
function known({ world, session }: RestCall, ref: Reference): Reference {
  const object = world.find(ref);
  if (!object || !isAllowed(session!, object, "System.Read"))
    throw new RestFault("unauthorized", `There is no ${ref.type} "${ref.id}", or it may not be seen.`);
  return ref;
}

function requireAttachTag({ world, session }: RestCall, ref: Reference): void {
  for (const object of [world.get(ref), { ref: world.root }])
    if (!isAllowed(session!, object, "InventoryService.Tagging.AttachTag"))
      throw new RestFault("unauthorized", "InventoryService.Tagging.AttachTag is needed.");
}

function attach(call: RestCall, tag: Tag, ref: Reference): void {
  requireAttachTag(call, ref);
  call.world.tagging.attach(tag, ref);
}

function detach(call: RestCall, tag: Tag, ref: Reference): void {
  requireAttachTag(call, ref);
  call.world.tagging.detach(tag, ref);
}

/** Does as much as can be done, and tells the rest. */
function batch<T>(items: readonly T[], act: (item: T) => void): { success: boolean; error_messages: unknown[] } {
  const errors = items.flatMap((item) => {
    try {
      act(item);
      return [];
    } catch (error) {
      return [RestFault.of(error as Error).localizable];
    }
  });
  return { success: errors.length === 0, error_messages: errors };
}
