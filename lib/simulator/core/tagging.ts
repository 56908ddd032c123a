import type { InventoryTagCategory } from "../inventory/inventory";
import { RestFault } from "../rest-fault";
import type { Reference } from "../value";
import type { Changes } from "./changes";
import { type Identifiers, stableUuid } from "./random";

export interface Category {
  readonly id: string;
  name: string;
  description: string;
  cardinality: string;
  /** Types of objects; none stands for all. */
  associableTypes: readonly string[];
}

export interface Tag {
  readonly id: string;
  readonly category: Category;
  name: string;
  description: string;
  /** What it is attached to, "VirtualMachine:vm-42". */
  readonly objects: Set<string>;
}

type Kind = "Category" | "Tag";

/** What is about to be made may come with an id, or is given one. */
type New<T extends { id: string }> = Omit<T, "id"> & { readonly id?: string };

interface Parts {
  readonly identifiers: Identifiers;
  readonly changes: Changes;
  /** What there is from the start. */
  readonly content?: readonly InventoryTagCategory[];
}

/** Categories, the tags in them, and what these are attached to. */
export class Tagging {
  private readonly categoriesById = new Map<string, Category>();
  private readonly tagsById = new Map<string, Tag>();

  constructor(private readonly parts: Parts) {
    for (const { tags = [], ...description } of parts.content ?? []) {
      const category = this.addCategory({
        description: "",
        cardinality: "SINGLE",
        associableTypes: [],
        ...description,
      });
      for (const { attachedTo = [], ...tag } of tags) {
        const made = this.addTag({ description: "", ...tag, category });
        for (const object of attachedTo) made.objects.add(object);
      }
    }
  }

  get categories(): readonly Category[] {
    return [...this.categoriesById.values()];
  }

  get tags(): readonly Tag[] {
    return [...this.tagsById.values()];
  }

  tagsOf(category: Category): readonly Tag[] {
    return this.tags.filter((tag) => tag.category === category);
  }

  category(id: string): Category {
    return this.categoriesById.get(id) ?? notFound(id);
  }

  tag(id: string): Tag {
    return this.tagsById.get(id) ?? notFound(id);
  }

  createCategory(description: New<Category>): Category {
    this.checkNew("Category", description, this.categories);
    const category = this.addCategory({ ...description, id: description.id ?? this.urn("Category") });
    this.parts.changes.announce();
    return category;
  }

  createTag(description: New<Omit<Tag, "objects">>): Tag {
    this.checkNew("Tag", description, this.tagsOf(description.category));
    const tag = this.addTag({ ...description, id: description.id ?? this.urn("Tag") });
    this.parts.changes.announce();
    return tag;
  }

  /** An update changes a category's types and its cardinality in one direction only. */
  updateCategory(category: Category, changes: Partial<Omit<Category, "id">>): void {
    if (changes.name !== undefined) this.checkName("Category", changes.name, others(this.categories, category));
    const { cardinality, associableTypes } = changes;
    if (category.cardinality === "MULTIPLE" && cardinality === "SINGLE")
      throw invalid("The cardinality of a category can't be changed from multiple to single.");
    if (associableTypes && !keepsTypes(category.associableTypes, associableTypes))
      throw invalid(`The types that a category is associable with can't be taken away: ${category.name}`);
    Object.assign(category, changes);
    this.parts.changes.announce();
  }

  updateTag(tag: Tag, changes: Partial<Pick<Tag, "name" | "description">>): void {
    if (changes.name !== undefined) this.checkName("Tag", changes.name, others(this.tagsOf(tag.category), tag));
    Object.assign(tag, changes);
    this.parts.changes.announce();
  }

  /** Takes its tags with it. */
  deleteCategory(category: Category): void {
    for (const tag of this.tagsOf(category)) this.tagsById.delete(tag.id);
    this.categoriesById.delete(category.id);
    this.parts.changes.announce();
  }

  deleteTag(tag: Tag): void {
    this.tagsById.delete(tag.id);
    this.parts.changes.announce();
  }

  /** Whether a tag could be attached to an object, as it is now. */
  isAttachable(tag: Tag, ref: Reference): boolean {
    const { associableTypes, cardinality } = tag.category;
    if (associableTypes.length > 0 && !associableTypes.includes(ref.type)) return false;
    return (
      cardinality === "MULTIPLE" || !this.attached(ref).some((one) => one !== tag && one.category === tag.category)
    );
  }

  attach(tag: Tag, ref: Reference): void {
    if (!this.isAttachable(tag, ref))
      throw new RestFault(
        "invalid_argument",
        `The tag ${tag.name} of the category ${tag.category.name} can't be attached to ${ref.type} ${ref.id}: the ` +
          "category is for other types, or holds one tag an object and the object has another.",
        "cis.tagging.badTypeOrCardinality.error",
        [tag.name, ref.type, ref.id],
      );
    tag.objects.add(String(ref));
    this.parts.changes.announce();
  }

  detach(tag: Tag, ref: Reference): void {
    tag.objects.delete(String(ref));
    this.parts.changes.announce();
  }

  attached(ref: Reference): readonly Tag[] {
    return this.tags.filter(({ objects }) => objects.has(String(ref)));
  }

  /** An object is gone: so are its tags. */
  forget(ref: Reference): void {
    for (const { objects } of this.tags) objects.delete(String(ref));
  }

  private urn(kind: Kind): string {
    return urn(kind, this.parts.identifiers.uuid());
  }

  private checkNew(kind: Kind, { id, name }: { id?: string; name: string }, beside: readonly { name: string }[]): void {
    this.checkName(kind, name, beside);
    if (id !== undefined && (this.categoriesById.has(id) || this.tagsById.has(id))) throw exists(kind, id);
  }

  private checkName(kind: Kind, name: string, beside: readonly { name: string }[]): void {
    if (name === "") throw invalid(`A ${kind.toLowerCase()} needs a name.`);
    if (beside.some((one) => one.name === name)) throw exists(kind, name);
  }

  private addCategory({ id, ...rest }: New<Category>): Category {
    const category = { id: id ?? urn("Category", stableUuid(`category ${rest.name}`)), ...rest };
    this.categoriesById.set(category.id, category);
    return category;
  }

  private addTag({ id, ...rest }: New<Omit<Tag, "objects">>): Tag {
    const made = id ?? urn("Tag", stableUuid(`tag ${rest.category.name} ${rest.name}`));
    const tag = { id: made, ...rest, objects: new Set<string>() };
    this.tagsById.set(made, tag);
    return tag;
  }
}

/** "urn:vmomi:InventoryServiceTag:…:GLOBAL", by which clients tell ids from names. */
const urn = (kind: Kind, uuid: string): string => `urn:vmomi:InventoryService${kind}:${uuid}:GLOBAL`;

const others = <T>(all: readonly T[], one: T): T[] => all.filter((other) => other !== one);

/** Types are only ever added, to none, which stands for all, not even that. */
const keepsTypes = (now: readonly string[], wanted: readonly string[]): boolean =>
  now.every((type) => wanted.includes(type)) && (now.length > 0 || wanted.length === 0);

function notFound(id: string): never {
  throw new RestFault("not_found", `Tagging object ${id} not found`, "cis.tagging.objectNotFound.error", [id]);
}

const exists = (kind: Kind, name: string): RestFault =>
  new RestFault(
    "already_exists",
    `A ${kind.toLowerCase()} ${name} is there already.`,
    `cis.tagging.duplicate${kind}.error`,
    [name],
  );

const invalid = (message: string): RestFault =>
  new RestFault("invalid_argument", message, "cis.tagging.invalidArgument.error");
