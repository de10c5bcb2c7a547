import assert from "node:assert/strict";
import packet from "dns-packet";
import { Buffer } from "node:buffer";
import { mdnsFinder } from "../../../devices/discovery/mod.ts";
import { DatagramSocket, type UdpAddress } from "../../../devices/transports/datagrams.ts";
import { search } from "./_collect.ts";

const hostname = "127.0.0.1";

/** A responder that answers by what is asked, in its own words. */
async function respond(
  answer: (names: readonly string[], round: number) => readonly (object | string)[],
) {
  let round = 0;
  const socket: DatagramSocket = await DatagramSocket.open({
    hostname,
    port: 0,
    take(bytes: Uint8Array, from: UdpAddress) {
      const { id, questions } = packet.decode(Buffer.from(bytes));
      const names = questions.map((q: { name: string; type: string }) => `${q.type} ${q.name}`);
      for (const answers of answer(names, round++)) {
        const reply = typeof answers === "string"
          ? Uint8Array.fromHex(answers)
          : packet.encode({ type: "response", id, ...answers });
        void socket.send(reply, from);
      }
    },
  });
  return socket;
}

const NAME = "ACME DMM 6.5 (7)._hislip._tcp.local";
const POINTER = { type: "PTR", name: "_hislip._tcp.local", data: NAME };
const PLACE = { type: "SRV", name: NAME, data: { target: "dmm.local", port: 4881 } };
const TEXTS = { type: "TXT", name: NAME, data: ["Manufacturer=ACME", "Model=DMM", "txtvers=1"] };
const ADDRESS = { type: "A", name: "dmm.local", data: "127.0.0.1" };
const DMM = "TCPIP0::127.0.0.1::hislip0,4881::INSTR";

Deno.test("mdnsFinder() asks for all kinds of service, and names what answers", async () => {
  const asked: string[] = [];
  await using responder = await respond((names) => {
    asked.push(...names);
    return ["00ff", { answers: [POINTER], additionals: [PLACE, TEXTS, ADDRESS] }];
  });
  const finder = mdnsFinder({
    interfaces: [hostname],
    destination: { hostname, port: responder.port },
  });
  const { found } = await search({ finders: [finder], until: (found) => found.length > 0 });
  assert.deepEqual(found, [{
    resource: DMM,
    ways: [{ finder: "mdns", how: "mDNS _hislip._tcp" }],
    manufacturer: "ACME",
    model: "DMM",
    hostName: "dmm.local",
    ports: { hislip: 4881 },
  }]);
  assert.deepEqual(asked.slice(0, 5), [
    "PTR _hislip._tcp.local",
    "PTR _vxi-11._tcp.local",
    "PTR _scpi-raw._tcp.local",
    "PTR _scpi-telnet._tcp.local",
    "PTR _lxi._tcp.local",
  ]);
});

Deno.test("mdnsFinder() asks for what an answer leaves out, and again for what was lost", async () => {
  const records = [PLACE, TEXTS, ADDRESS];
  await using responder = await respond((names, round) => {
    // The first question is lost; later ones are answered word for word.
    if (round === 0) return [];
    const answers = names.flatMap((name) =>
      name.startsWith("PTR _hislip")
        ? [POINTER]
        : records.filter((record) => name === `${record.type} ${record.name}`)
    );
    return answers.length === 0 ? [] : [{ answers }];
  });
  const finder = mdnsFinder({
    interfaces: [hostname],
    destination: { hostname, port: responder.port },
  });
  const { found } = await search({
    finders: [finder],
    until: (found) => found[0]?.model !== undefined,
  });
  assert.deepEqual(found.map(({ resource, model }) => [resource, model]), [[DMM, "DMM"]]);
});

Deno.test("mdnsFinder() falls back on LXI's own announcement at the end only", async () => {
  const lxi = (host: string) => [
    { type: "PTR", name: "_lxi._tcp.local", data: `${host}._lxi._tcp.local` },
    { type: "SRV", name: `${host}._lxi._tcp.local`, data: { target: `${host}.local`, port: 80 } },
    { type: "A", name: `${host}.local`, data: host === "dmm" ? hostname : "127.0.0.2" },
  ];
  await using responder = await respond(() => [
    { answers: [...lxi("old"), ...lxi("dmm"), POINTER, PLACE, ADDRESS] },
  ]);
  const finder = mdnsFinder({
    interfaces: [hostname],
    destination: { hostname, port: responder.port },
  });
  const before: string[] = [];
  const { found, report } = await search({
    finders: [finder],
    until(found) {
      before.push(...found.map(({ resource }) => resource));
      return true;
    },
    then: "end",
  });
  assert.deepEqual(before.slice(0, 1), [DMM]);
  assert.deepEqual(found.map(({ resource }) => resource), [
    DMM,
    "TCPIP0::127.0.0.2::inst0::INSTR",
  ]);
  assert.equal(report.outcome, "searched");
});

Deno.test("mdnsFinder() says which interfaces can't be used", async () => {
  const finder = mdnsFinder({
    interfaces: ["not an address"],
    destination: { hostname, port: 9 },
  });
  const { report } = await search({ finders: [finder] });
  assert.equal(report.outcome, "failed");
  assert.match(report.message, /^By not an address: /);
});
