import { esxcli } from "../../../lib/vim/host/esxcli";
import { readKernelSettings, setKernelSetting } from "../../../lib/vim/host/kernel-setting";
import { ScriptedFault, ScriptedVcenter } from "../scripted-vcenter";

const host = { type: "HostSystem", value: "host-12" };
const escape = (xml: string): string => xml.replace(/&/g, "&amp;").replace(/</g, "&lt;");
const answer = (xml: string): string => `<returnval><response>${escape(xml)}</response></returnval>`;
const obj = (type: string, content: string): string =>
  '<obj xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" ' +
  `xmlns="urn:vim25" versionId="5.0" xsi:type="${type}">\n ${content}\n</obj>`;

let vcenter: ScriptedVcenter;
beforeEach(async () => {
  vcenter = await ScriptedVcenter.start();
  vcenter.scripts.RetrieveManagedMethodExecuter = () => '<returnval type="ManagedMethodExecuter">mme-12</returnval>';
});
afterEach(() => vcenter.stop());
const sent = (): string => vcenter.requests.at(-1)!.body.replaceAll("vim25:", "");

test("a boot setting is read with its running and its configured value", async () => {
  vcenter.scripts.ExecuteSoap = () =>
    answer(
      obj(
        "ArrayOfDataObject",
        "<DataObject><Configured>4096</Configured><Default>1024</Default><Description>a &amp; " +
          "b</Description><Name>maxIntrCookies</Name><Runtime>1024</Runtime><Type>uint32</Type></DataObject>",
      ),
    );
  expect((await readKernelSettings(vcenter.client(), host)).get("maxIntrCookies")).toEqual({
    runtime: "1024",
    configured: "4096",
  });
  expect(sent()).toContain(
    "<_this " +
      'type="ManagedMethodExecuter">mme-12</_this><moid>ha-cli-handler-system-settings-kernel</moid>' +
      "<version>urn:vim25/5.0</version>" +
      "<method>vim.EsxCLI.system.settings.kernel.list</method>",
  );
});

test("a setting that the host doesn't know is unknown", async () => {
  vcenter.scripts.ExecuteSoap = () => answer(obj("ArrayOfDataObject", ""));
  expect((await readKernelSettings(vcenter.client(), host)).get("maxIntrCookies")).toBeUndefined();
});

test("a boot setting is set by name and value", async () => {
  vcenter.scripts.ExecuteSoap = () => answer(obj("xsd:boolean", "true"));
  await setKernelSetting(vcenter.client(), host, "maxIntrCookies", { value: "4096" });
  expect(sent()).toContain(
    "<method>vim.EsxCLI.system.settings.kernel.set</method><argument><name>setting</name>" +
      "<val>&lt;setting&gt;maxIntrCookies&lt;/setting&gt;</val></argument><argument><name>value</name>" +
      "<val>&lt;value&gt;4096&lt;/value&gt;</val></argument>",
  );
});

test("several rows are told apart, and one row may stand alone", async () => {
  vcenter.scripts.ExecuteSoap = () =>
    answer(obj("ArrayOfDataObject", "<DataObject><A>1</A></DataObject><DataObject><A>2</A><B/></DataObject>"));
  expect(await esxcli(vcenter.client(), host, ["x", "list"])).toEqual([{ A: "1" }, { A: "2", B: "" }]);
  vcenter.scripts.ExecuteSoap = () => answer(obj("VimEsxCLIx", "<A>1</A><B>2</B>"));
  expect(await esxcli(vcenter.client(), host, ["x", "get"])).toEqual([{ A: "1", B: "2" }]);
});

test("what the command itself complains of is a fault with its words", async () => {
  vcenter.scripts.ExecuteSoap = () =>
    "<returnval><fault><faultMsg>EsxCLI.CLIFault.summary</faultMsg>" +
    `<faultDetail>${escape("<obj><errMsg>Invalid value</errMsg></obj>")}</faultDetail></fault>` +
    "</returnval>";
  await expect(setKernelSetting(vcenter.client(), host, "maxIntrCookies", { value: "x" })).rejects.toMatchObject({
    type: "CLIFault",
    message: "esxcli system settings kernel set: Invalid value",
  });
});

test.each(["<obj", "<!DOCTYPE x><obj/>", '<!DOCTYPE x [<!ENTITY a "b">]><obj>&a;</obj>', "<obj>&a;</obj>", "text"])(
  "an answer that is no such XML is a bad one: %s",
  async (xml) => {
    vcenter.scripts.ExecuteSoap = () => answer(xml);
    await expect(esxcli(vcenter.client(), host, ["x", "list"])).rejects.toMatchObject({ kind: "bad_answer" });
  },
);

test("only a command that changes something leaves its outcome unknown", async () => {
  vcenter.scripts.ExecuteSoap = (_request, response) => void response.socket?.destroy();
  const client = vcenter.client();
  await expect(setKernelSetting(client, host, "maxIntrCookies", { value: "4096" })).rejects.toMatchObject({
    outcomeUnknown: true,
  });
  await expect(readKernelSettings(client, host)).rejects.toMatchObject({ outcomeUnknown: false });
});

test("a missing privilege is told by name", async () => {
  vcenter.scripts.RetrieveManagedMethodExecuter = () => {
    throw new ScriptedFault(
      "NoPermission",
      '<object type="HostSystem">host-12</object><privilegeId>Host.Config.Settings</privilegeId>',
    );
  };
  await expect(readKernelSettings(vcenter.client(), host)).rejects.toMatchObject({
    type: "NoPermission",
    privilegeId: "Host.Config.Settings",
  });
});
