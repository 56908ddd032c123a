import { proxyFor } from "../../lib/environment/proxy";

const vcenter = { host: "vcenter.example.org", port: 443 };
const via = (environment: Record<string, string>, server = vcenter): string | undefined => {
  const { proxy, problem } = proxyFor(server, environment);
  return problem ? `${problem.variable} ${problem.reason}` : proxy && `${proxy.variable} ${proxy.host}:${proxy.port}`;
};

test("the variables are those of Go: capitals before small letters, and none but those for https", () => {
  expect(via({})).toBeUndefined();
  expect(via({ HTTP_PROXY: "http://p:1", ALL_PROXY: "http://p:1" })).toBeUndefined();
  expect(via({ HTTPS_PROXY: "http://one:1", https_proxy: "http://two:2" })).toBe("HTTPS_PROXY one:1");
  expect(via({ HTTPS_PROXY: "", https_proxy: "two:2" })).toBe("https_proxy two:2");
  expect(via({ HTTPS_PROXY: "http://[::1]:3128" })).toBe("HTTPS_PROXY ::1:3128");
  expect(via({ HTTPS_PROXY: "https://p" })).toBe("HTTPS_PROXY p:443");
  expect(via({ HTTPS_PROXY: "p" })).toBe("HTTPS_PROXY p:80");
});

test.each(["socks5://p:1", "ftp://p", "http://"])("%s is no proxy that can be used", (value) =>
  expect(via({ HTTPS_PROXY: value })).toMatch(/^HTTPS_PROXY (names a proxy of the kind|is no address)/),
);

test("user and password are taken out of the address", () => {
  expect(proxyFor(vcenter, { HTTPS_PROXY: "http://me:s%2Fecret@p:3128" }).proxy).toMatchObject({
    host: "p",
    authorization: `Basic ${Buffer.from("me:s/ecret").toString("base64")}`,
    password: "s/ecret",
  });
});

test("a password with a bare per cent sign is taken as it is written", () => {
  expect(proxyFor(vcenter, { HTTPS_PROXY: "http://me:100%@p:3128" }).proxy).toMatchObject({ password: "100%" });
  expect(proxyFor(vcenter, { HTTPS_PROXY: "http://m%zz:a%25b@p:3128" }).proxy).toMatchObject({
    authorization: `Basic ${Buffer.from("m%zz:a%b").toString("base64")}`,
  });
});

test.each([
  ["*", true],
  ["example.org", true],
  [".example.org", true],
  ["*.example.org", true],
  ["VCENTER.example.org", true],
  ["other, vcenter.example.org:443", true],
  ["vcenter.example.org:8443", false],
  [".vcenter.example.org", false],
  ["ample.org", false],
  ["10.0.0.0/8", false],
  ["", false],
])("NO_PROXY=%s excepts vcenter.example.org: %s", (noProxy, excepted) => {
  for (const name of ["NO_PROXY", "no_proxy"])
    expect(via({ HTTPS_PROXY: "p:1", [name]: noProxy }) === undefined).toBe(excepted);
});

test.each([
  ["localhost", "", true],
  ["127.0.0.5", "", true],
  ["::1", "", true],
  ["10.1.2.3", "", false],
  ["10.1.2.3", "10.0.0.0/8", true],
  ["10.1.2.3", "10.1.2.3:443", true],
  ["10.1.2.3", "10.1.2.4", false],
  ["11.1.2.3", "10.0.0.0/8", false],
  ["2001:db8::7", "2001:db8::/32", true],
  ["2001:db8::7", "[2001:db8::7]:443", true],
  ["2001:db8::7", "2001:db8::7", true],
])("%s is reached without a proxy under NO_PROXY=%j: %s", (host, noProxy, without) =>
  expect(via({ HTTPS_PROXY: "p:1", NO_PROXY: noProxy }, { host, port: 443 }) === undefined).toBe(without),
);
