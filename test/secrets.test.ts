import { inspect } from "node:util";
import { Secrets } from "../lib/secrets";

const LONG = `Mk7f3aQz91<&"'>\\%$ü`;

test("a secret is taken out of a text however it is written there, and so are any number of others", () => {
  const secrets = new Secrets(LONG, undefined, "");
  secrets.add("-----BEGIN KEY-----\nb3BlbnNzaC1rZXk\n", "s3cr3t/proxy");
  const spelled = [
    LONG,
    JSON.stringify(LONG),
    encodeURIComponent(LONG),
    Buffer.from(LONG).toString("base64"),
    "Mk7f3aQz91&lt;&amp;&quot;&apos;&gt;\\%$ü",
    "-----BEGIN KEY-----\nb3BlbnNzaC1rZXk",
    "s3cr3t/proxy",
  ];
  for (const text of spelled) expect(secrets.clean(`a ${text} b`)).toMatch(/^a "?\(redacted\)"? b$/);
  expect(secrets.cleanAll({ [LONG]: [{ x: `is ${LONG}` }, 5, null, true] })).toEqual({
    "(redacted)": [{ x: "is (redacted)" }, 5, null, true],
  });
});

test.each(["pass", "a", "vm", "0", "passthrough", "hotplug_passthrough_devices", "vm-42", "0000:3b:00.0", "8.0.1.0"])(
  "what can't be told from a word is left where it is, so that no gap tells it: %s",
  (word) => {
    const text = `hot plug of passthrough devices ${word} on vm-42 at 0000:3b:00.0 by ${word}.`;
    const secrets = new Secrets(word);
    expect([secrets.clean(text), secrets.isIndistinct()]).toEqual([text, true]);
    // What is one is still taken out beside it.
    secrets.add(LONG);
    expect(secrets.clean(`${text} ${LONG}`)).toBe(`${text} (redacted)`);
  },
);

test("secrets that are printed show nothing", () => {
  const secrets = new Secrets(LONG);
  expect(inspect(secrets, { depth: 9, showHidden: true }) + JSON.stringify(secrets)).not.toContain("Mk7f3aQz91");
});
