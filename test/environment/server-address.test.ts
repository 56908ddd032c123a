import { parseServerAddress, quoteServerAddress } from "../../lib/environment/server-address";

test.each([
  ["vcenter.example.org", "vcenter.example.org", 443],
  ["vcenter:8989", "vcenter", 8989],
  ["192.0.2.1", "192.0.2.1", 443],
  ["192.0.2.1:8443", "192.0.2.1", 8443],
  ["::1", "::1", 443],
  ["2001:db8::7", "2001:db8::7", 443],
  ["[::1]", "::1", 443],
  ["[::1]:8989", "::1", 8989],
])("%s is %s, port %i", (server, host, port) => expect(parseServerAddress(server)).toEqual({ host, port }));

test.each([
  "",
  "https://vcenter",
  "user@vcenter",
  "vcenter/sdk",
  "vcenter:0",
  "vcenter:99999",
  "vcenter:",
  "a b",
  "[::1",
])("%j is refused", (server) => {
  expect(() => parseServerAddress(server)).toThrow(RangeError);
});

test.each([
  ["https://vcenter/sdk", '"https://vcenter/sdk"'],
  ["https://user:marker@vcenter/sdk", '"https://***@vcenter/sdk"'],
  ["user:mar@ker@vcenter", '"***@vcenter"'],
  ["us\ner:marker@vcenter", '"***@vcenter"'],
])("%j is shown as %s, without user and password", (server, shown) => {
  expect(quoteServerAddress(server)).toBe(shown);
  expect(() => parseServerAddress(server)).toThrow(`${shown} is not a server's address`);
});
