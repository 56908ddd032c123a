import { grantedPrivileges, leastRoles, methodPrivileges, reconfigurePrivileges } from "../../lib/vim/privileges";
import { vim25Methods } from "../../lib/vim/wire/methods";
import { isWrite } from "../support/writes";
import { ScriptedVcenter } from "./scripted-vcenter";

const vm = { type: "VirtualMachine", value: "vm-42" };

test("every method that is called declares its privilege", () => {
  expect(Object.keys(methodPrivileges).sort()).toEqual(Object.keys(vim25Methods).sort());
});

test("every method that changes something is allowed by the least role of a use", () => {
  const allowed = new Set<string>(Object.values(leastRoles).flat());
  const called = Object.entries(methodPrivileges).filter(([method]) => isWrite({ operation: method }));
  expect(called.length).toBeGreaterThan(5);
  expect(called.filter(([, privilege]) => !allowed.has(privilege))).toEqual([]);
});

test("reading and planning take no privilege that changes anything", () => {
  expect(leastRoles.doctorAndPlan.every((privilege) => privilege.startsWith("System."))).toBe(true);
  expect(leastRoles.attach.filter((privilege) => !privilege.startsWith("System."))).toEqual([
    reconfigurePrivileges.deviceChange,
  ]);
});

test("what the user lacks is told by privilege, also what the server doesn't know", async () => {
  const vcenter = await ScriptedVcenter.start();
  const content = vcenter.scripts.RetrieveServiceContent!;
  vcenter.scripts.RetrieveServiceContent = (request, response) =>
    (content(request, response) as string).replace(
      "<searchIndex",
      '<authorizationManager type="AuthorizationManager">am</authorizationManager><searchIndex',
    );
  const availability = (id: string, granted: boolean): string =>
    `<privAvailability><privId>${id}</privId><isGranted>${granted}</isGranted></privAvailability>`;
  vcenter.scripts.HasPrivilegeOnEntities = () =>
    "<returnval><entity " +
    `type="VirtualMachine">vm-42</entity>${availability("A", true)}${availability("B", false)}</returnval>`;
  const privileges = ["A", "B", "C"];
  const granted = (await grantedPrivileges(vcenter.client(), [vm], { privileges })).get("vm-42");
  expect(privileges.filter((privilege) => !granted?.has(privilege))).toEqual(["B", "C"]);
  expect(vcenter.requests.at(-1)!.body.replaceAll("vim25:", "")).toContain(
    "<entity " +
      'type="VirtualMachine">vm-42</entity><sessionId>1</sessionId><privId>A</privId><privId>B</privId>' +
      "<privId>C</privId>",
  );
  await vcenter.stop();
});
