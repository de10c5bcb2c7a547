import assert from "node:assert/strict";
import { networksOf } from "../../../devices/discovery/networks.ts";

const CASES: readonly (readonly [string, string, string | undefined])[] = [
  ["192.168.0.20", "255.255.255.0", "192.168.0.255"],
  ["10.1.2.3", "255.0.0.0", "10.255.255.255"],
  ["172.16.5.9", "255.255.240.0", "172.16.15.255"],
  ["200.1.2.3", "255.255.255.252", "200.1.2.3"],
  ["10.0.0.1", "255.255.255.254", undefined],
  ["10.0.0.1", "255.255.255.255", undefined],
  ["127.0.0.1", "255.0.0.0", undefined],
];

for (const [address, netmask, broadcast] of CASES) {
  Deno.test(`networksOf() gives ${broadcast ?? "nothing"} for ${address} with ${netmask}`, () => {
    const found = networksOf([{ family: "IPv4", address, netmask }]);
    assert.deepEqual(found, broadcast === undefined ? [] : [{ address, broadcast }]);
  });
}

Deno.test("networksOf() leaves IPv6 alone", () => {
  assert.deepEqual(networksOf([{ family: "IPv6", address: "fd00::2", netmask: "ffff::" }]), []);
});
