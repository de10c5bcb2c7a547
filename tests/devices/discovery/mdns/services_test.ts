import assert from "node:assert/strict";
import fc from "fast-check";
import type { DnsRecord } from "../../../../devices/discovery/mdns/packets.ts";
import { findingsOf } from "../../../../devices/discovery/mdns/resources.ts";
import { Services } from "../../../../devices/discovery/mdns/services.ts";

const SENDER = "10.0.0.9";

/** The records of one service of one host. */
function service(type: string, port: number, host = "dmm", texts: string[] = []): DnsRecord[] {
  const kind = `_${type}._tcp.local`;
  const name = `Meter v1.2 (${host}).${kind}`;
  return [
    { type: "PTR", name: kind, data: name },
    { type: "SRV", name, data: { target: `${host}.local`, port } },
    { type: "TXT", name, data: texts },
  ];
}

const address = (data: string, host = "dmm"): DnsRecord => ({
  type: data.includes(":") ? "AAAA" : "A",
  name: `${host}.local`,
  data,
});

function resources(records: readonly DnsRecord[], all = true): string[] {
  const services = new Services();
  services.add(records, SENDER);
  return findingsOf(services.known(), all).map(({ resource }) => resource);
}

const CASES: readonly (readonly [string, readonly DnsRecord[], readonly string[]])[] = [
  ["HiSLIP by its port", service("hislip", 4881), ["TCPIP0::10.0.0.9::hislip0,4881::INSTR"]],
  ["VXI-11 by the portmapper", service("vxi-11", 111), ["TCPIP0::10.0.0.9::inst0::INSTR"]],
  ["a raw socket", service("scpi-raw", 5025), ["TCPIP0::10.0.0.9::5025::SOCKET"]],
  ["LXI alone", service("lxi", 80), ["TCPIP0::10.0.0.9::inst0::INSTR"]],
  ["telnet alone", service("scpi-telnet", 5024), ["TCPIP0::10.0.0.9::5024::SOCKET"]],
  [
    "neither LXI nor telnet beside something better",
    [...service("lxi", 80), ...service("scpi-telnet", 5024), ...service("hislip", 4880)],
    ["TCPIP0::10.0.0.9::hislip0,4880::INSTR"],
  ],
  ["no other service", service("http", 80), []],
  ["no port 0", service("hislip", 0), []],
  [
    "the host's address",
    [...service("scpi-raw", 1), address("10.0.0.7"), address("fd00::7")],
    ["TCPIP0::10.0.0.7::1::SOCKET"],
  ],
  [
    "of its addresses that which answers",
    [...service("scpi-raw", 1), address("10.0.0.7"), address("10.0.0.9"), address("10.0.0.8")],
    ["TCPIP0::10.0.0.9::1::SOCKET"],
  ],
  [
    "an IPv6 address",
    [...service("scpi-raw", 1), address("fd00::7")],
    ["TCPIP0::[fd00::7]::1::SOCKET"],
  ],
  [
    "no address of one link only",
    [...service("scpi-raw", 1), address("fe80::7")],
    ["TCPIP0::10.0.0.9::1::SOCKET"],
  ],
];

for (const [what, records, expected] of CASES) {
  Deno.test(`findingsOf() names ${what}`, () => assert.deepEqual(resources(records), expected));
}

Deno.test("findingsOf() leaves last resorts out while something better may come", () => {
  assert.deepEqual(resources([...service("lxi", 80), ...service("scpi-telnet", 5024)], false), []);
});

Deno.test("findingsOf() gives each resource all that its host says", () => {
  const services = new Services();
  const texts = ["Manufacturer=ACME", "MODEL=X=1", "model=later", "SerialNumber=", "junk", "=x"];
  services.add(service("lxi", 80, "dmm", texts), SENDER);
  services.add(service("hislip", 4880, "dmm", ["FirmwareVersion=1.0"]), SENDER);
  assert.deepEqual(findingsOf(services.known(), false), [{
    resource: "TCPIP0::10.0.0.9::hislip0,4880::INSTR",
    how: "mDNS _hislip._tcp",
    hostName: "dmm.local",
    manufacturer: "ACME",
    model: "X=1",
    firmware: "1.0",
    ports: { lxi: 80, hislip: 4880 },
  }]);
});

Deno.test("Services.missing() asks for what answers have left out, and for nothing else", () => {
  const services = new Services();
  const [pointer, place, texts] = service("hislip", 4880);
  assert.ok(pointer !== undefined && place !== undefined && texts !== undefined);
  const labels = ["Meter v1.2 (dmm)", "_hislip", "_tcp", "local"];
  services.add([pointer], SENDER);
  assert.deepEqual(services.missing(), [{ labels, type: "SRV" }, { labels, type: "TXT" }]);
  services.add([{ ...place, name: place.name.toUpperCase() }], SENDER);
  const host = ["dmm", "local"];
  assert.deepEqual(services.missing(), [
    { labels, type: "TXT" },
    { labels: host, type: "A" },
    { labels: host, type: "AAAA" },
  ]);
  services.add([texts, address("10.0.0.9")], SENDER);
  assert.deepEqual(services.missing(), []);
  assert.equal(services.known().length, 1);
});

Deno.test("Services comes to the same whatever the order of the records", () => {
  const records = [
    ...service("hislip", 4880, "a", ["Model=1"]),
    address("10.0.0.1", "a"),
    ...service("scpi-raw", 5025, "b"),
    address("10.0.0.2", "b"),
  ];
  const whole = resources(records).toSorted();
  fc.assert(
    fc.property(fc.shuffledSubarray(records, { minLength: records.length }), (shuffled) => {
      assert.deepEqual(resources(shuffled).toSorted(), whole);
    }),
  );
});
