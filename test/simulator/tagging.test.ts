import { EmbeddedVcenter } from "../../lib/testing";
import { errorOf, type RestAnswer, RestRequests } from "./rest-requests";

let vcenter: EmbeddedVcenter;
let rest: RestRequests;
beforeEach(async () => {
  vcenter = await EmbeddedVcenter.start();
  rest = new RestRequests(vcenter);
  await rest.login();
});
afterEach(() => vcenter.stop());

const CATEGORY = "cis/tagging/category";
const TAG = "cis/tagging/tag";
const ASSOCIATION = "cis/tagging/tag-association";
const DB = { type: "VirtualMachine", id: "vm-42" };
const CACHE = { type: "VirtualMachine", id: "vm-43" };
const HOST = { type: "HostSystem", id: "host-12" };

const createCategory = (name: string, more: object = {}): Promise<RestAnswer> =>
  rest.post(CATEGORY, {
    create_spec: { name, description: "", cardinality: "SINGLE", associable_types: [], ...more },
  });
const createTag = (category: string, name: string): Promise<RestAnswer> =>
  rest.post(TAG, { create_spec: { name, description: "d", category_id: category } });
const made = async (answer: Promise<RestAnswer>): Promise<string> => (await answer).value as string;
const act = (action: string, body: object, tag?: string): Promise<RestAnswer> =>
  rest.post(`${ASSOCIATION}${tag === undefined ? "" : `/id:${encodeURIComponent(tag)}`}?~action=${action}`, body);
const attached = async (object: object): Promise<unknown> =>
  (await act("list-attached-tags", { object_id: object })).value;

it("makes, changes, lists and deletes categories and tags", async () => {
  const category = await made(createCategory("env", { associable_types: ["urn:vim25:VirtualMachine"] }));
  expect(category).toMatch(/^urn:vmomi:InventoryServiceCategory:[-0-9a-f]{36}:GLOBAL$/);
  expect(errorOf(await createCategory("env"))).toBe("400 already_exists");
  const tag = await made(createTag(category, "prod"));
  expect(tag).toMatch(/^urn:vmomi:InventoryServiceTag:[-0-9a-f]{36}:GLOBAL$/);
  expect(errorOf(await createTag(category, "prod"))).toBe("400 already_exists");
  expect(errorOf(await createTag("urn:none", "prod"))).toBe("404 not_found");
  await rest.patch(`${CATEGORY}/id:${category}`, { update_spec: { name: "environment", cardinality: "MULTIPLE" } });
  expect((await rest.get(`${CATEGORY}/id:${category}`)).value).toEqual({
    id: category,
    name: "environment",
    description: "",
    cardinality: "MULTIPLE",
    associable_types: ["VirtualMachine"],
    used_by: [],
  });
  await rest.patch(`${TAG}/id:${tag}`, { update_spec: { name: "production" } });
  expect((await rest.get(`${TAG}/id:${tag}`)).value).toEqual({
    id: tag,
    name: "production",
    description: "d",
    category_id: category,
    used_by: [],
  });
  const inCategory = await rest.post(`${TAG}/id:${category}?~action=list-tags-for-category`, { category_id: category });
  expect(inCategory.value).toEqual([tag]);
  expect((await rest.get(TAG)).value).toEqual([tag]);
  await rest.delete(`${CATEGORY}/id:${category}`);
  expect(errorOf(await rest.get(`${TAG}/id:${tag}`))).toBe("404 not_found");
  expect((await rest.get(CATEGORY)).value).toEqual([]);
});

it("refuses what vCenter refuses of a category: fewer types, one tag an object again, nonsense", async () => {
  const category = await made(
    createCategory("env", { cardinality: "MULTIPLE", associable_types: ["VirtualMachine", "HostSystem"] }),
  );
  const update = async (spec: object): Promise<string> =>
    errorOf(await rest.patch(`${CATEGORY}/id:${category}`, { update_spec: spec }));
  expect(await update({ associable_types: ["VirtualMachine"] })).toBe("400 invalid_argument");
  expect(await update({ cardinality: "SINGLE" })).toBe("400 invalid_argument");
  expect(await update({ associable_types: ["HostSystem", "VirtualMachine", "Folder"] })).toMatch(/^200/);
  expect(errorOf(await createCategory("x", { cardinality: "SOME" }))).toBe("400 invalid_argument");
  expect(errorOf(await createCategory("x", { associable_types: undefined }))).toBe("400 invalid_argument");
  expect(errorOf(await createCategory(""))).toBe("400 invalid_argument");
  expect(errorOf(await rest.post(CATEGORY, {}))).toBe("400 invalid_argument");
});

it("attaches tags to objects, one a category where it is single, and to types that it is for", async () => {
  const single = await made(createCategory("env", { associable_types: ["VirtualMachine"] }));
  const [prod, test] = [await made(createTag(single, "prod")), await made(createTag(single, "test"))];
  expect((await act("attach", { object_id: DB }, prod)).status).toBe(200);
  expect((await act("attach", { object_id: DB }, prod)).status).toBe(200);
  expect(errorOf(await act("attach", { object_id: DB }, test))).toBe("400 invalid_argument");
  expect(errorOf(await act("attach", { object_id: HOST }, prod))).toBe("400 invalid_argument");
  expect(errorOf(await act("attach", { object_id: { ...DB, id: "vm-99" } }, prod))).toBe("403 unauthorized");
  expect(errorOf(await act("attach", { object_id: DB }, "urn:none"))).toBe("404 not_found");
  expect(await attached(DB)).toEqual([prod]);
  expect((await act("list-attached-objects", {}, prod)).value).toEqual([DB]);
  expect((await act("list-attachable-tags", { object_id: CACHE })).value).toEqual([prod, test]);
  expect((await act("list-attachable-tags", { object_id: DB })).value).toEqual([]);
  await act("detach", { object_id: DB }, prod);
  expect((await act("detach", { object_id: DB }, prod)).status).toBe(200);
  expect(await attached(DB)).toEqual([]);
});

it("attaches, detaches and lists many at once, and tells which could not be", async () => {
  const many = await made(createCategory("team", { cardinality: "MULTIPLE" }));
  const [red, blue] = [await made(createTag(many, "red")), await made(createTag(many, "blue"))];
  const both = await act("attach-multiple-tags-to-object", { object_id: DB, tag_ids: [red, "urn:none", blue] });
  expect(both.value).toMatchObject({
    success: false,
    error_messages: [{ id: "cis.tagging.objectNotFound.error", default_message: "Tagging object urn:none not found" }],
  });
  expect(await attached(DB)).toEqual([red, blue]);
  await act("attach-tag-to-multiple-objects", { object_ids: [CACHE, HOST] }, red);
  expect((await act("list-attached-objects-on-tags", { tag_ids: [red, blue] })).value).toEqual([
    { tag_id: red, object_ids: [DB, CACHE, HOST] },
    { tag_id: blue, object_ids: [DB] },
  ]);
  const onObjects = await act("list-attached-tags-on-objects", { object_ids: [DB, HOST, { ...DB, id: "vm-44" }] });
  expect(onObjects.value).toEqual([
    { object_id: DB, tag_ids: [red, blue] },
    { object_id: HOST, tag_ids: [red] },
  ]);
  await act("detach-multiple-tags-from-object", { object_id: DB, tag_ids: [red, blue] });
  await act("detach-tag-from-multiple-objects", { object_ids: [CACHE] }, red);
  expect(await attached(CACHE)).toEqual([]);
  expect((await act("list-attached-objects", {}, red)).value).toEqual([HOST]);
});
