import assert from "node:assert/strict";
import { join } from "node:path";
import {
  pyvisaSimDevice,
  type PyvisaSimOptions,
} from "../../../../devices/simulated_instruments/pyvisa_sim/file.ts";
import { open } from "../../../../devices/open.ts";
import { serveSocket } from "../../../../devices/transports/socket_server.ts";
import { socket } from "../../../../devices/visa.ts";
import { ROOT } from "../../../_child.ts";
import { tell, text } from "../_talk.ts";

const FILE = join(ROOT, "tests/fixtures/instruments.yaml");

const load = (device: string, more: PyvisaSimOptions = {}) =>
  pyvisaSimDevice(Deno.readTextFileSync(FILE), { path: FILE, device, ...more });

/** A file with one device of this content. */
const one = (content: string) => `spec: "1.1"\ndevices:\n  it:\n${content.replace(/^/gm, "    ")}`;

Deno.test("pyvisaSimDevice() answers on each interface with its own ends, from one state", async () => {
  const device = await load("generator");
  const socket = device.on("TCPIP SOCKET").responder;
  const serial = device.on("ASRL INSTR");
  assert.deepEqual(serial.ends, { ends: ["\r\n"], answerEnd: "", blocks: false });
  assert.equal(text(await socket.receive(new TextEncoder().encode("!FREQ 20.5"))), "OK\n");
  assert.equal(await tell(serial.responder, "?FREQ"), "20.50");
  assert.equal(await tell(serial.responder, "?FREQ\r\n"), "20.50", "a mark and an end");
  assert.equal(await tell(device.on("USB INSTR").responder, "?FREQ"), "20.50");
});

Deno.test("pyvisaSimDevice() knows where it does otherwise than pyvisa-sim", async () => {
  const { responder } = (await load("generator")).on("TCPIP SOCKET");
  assert.equal(await tell(responder, "!FREQ 5"), "OK", "a number of one digit");
  assert.equal(await tell(responder, "?FREQ"), "5.00");
  const supply = (await load("TCPIP0::localhost::5027::SOCKET")).on("TCPIP SOCKET").responder;
  assert.equal(await tell(supply, "CH 1:VOLT 12.5"), "NO", "a channel that there is not");
  const other = await pyvisaSimDevice(one(`
dialogues: [{q: "B?", r: 'BYTES(\\xff\\x00)'}]
properties:
  a: {default: x, getter: {q: "A?", r: "{:d}"}}
channels:
  c:
    ids: [3]
    dialogues: [{q: "C{ch_id}?", r: "channel {ch_id}"}]
    properties:
      d: {default: 7, getter: {q: "D{ch_id}?", r: "{ch_id}:{}"}}
error: NO
`));
  const it = other.on("TCPIP SOCKET").responder;
  assert.equal(await tell(it, "B?"), "\xff\x00");
  assert.equal(await tell(it, "A?"), "NO", "text as an integer");
  assert.equal(await tell(it, "C3?;D3?;D4?"), "channel 3\n3:7\nNO");
});

Deno.test("pyvisaSimDevice() gives random numbers that the seed repeats", async () => {
  const answers = await Promise.all([1, 1, 2].map(async (seed) => {
    const { responder } = (await load("noise", { seed })).on("TCPIP SOCKET");
    return [await tell(responder, "R?"), await tell(responder, "R?")];
  }));
  assert.deepEqual(answers[0], answers[1]);
  assert.notDeepEqual(answers[0], answers[2]);
  assert.notEqual(answers[0]?.[0], answers[0]?.[1]);
  for (const answer of answers.flat()) assert.match(answer ?? "", /^1\.\d{5}, 1\.\d{5}, 1\.\d{5}$/);
});

Deno.test("pyvisaSimDevice() is served on a socket", async () => {
  const { responder, ends } = (await load("supply")).on("TCPIP SOCKET");
  await using server = serveSocket(responder, ends);
  await using link = await open(socket("127.0.0.1", server.port));
  assert.equal(await link.query("CH 2:VOLT 3.5"), "OK");
  assert.equal(await link.queryNumber("CH 2:VOLT?"), 3.5);
  assert.equal(await link.query("NONSENSE"), "NO");
  assert.equal(await link.query(":SYST:ERR?"), '-113,"Undefined header"');
});

Deno.test("pyvisaSimDevice() takes a device of another file by its resource", async () => {
  const file = `
spec: "1.1"
resources:
  GPIB::1::INSTR: {device: it, filename: other.yaml}
`;
  const asked: string[] = [];
  const device = await pyvisaSimDevice(file, {
    readFile(path) {
      asked.push(path);
      return one(`dialogues: [{q: "A?", r: B}]`);
    },
  });
  assert.deepEqual(asked, ["other.yaml"]);
  assert.equal(await tell(device.on("GPIB INSTR").responder, "A?"), "B");
  await assert.rejects(pyvisaSimDevice(file), /another file: other\.yaml\.$/);
});

const WRONG: readonly (readonly [text: string, message: RegExp])[] = [
  ["spec: [", /^SyntaxError: Cannot read f\.yaml:\d, as it is no YAML: /],
  ["devices: {}", /f\.yaml:1, as it has no spec\./],
  ["spec: one", /f\.yaml:1 \(spec\), as its spec must be two numbers/],
  ['spec: "1.9"', /as its spec is 1\.9, and 1\.1 is the newest/],
  ['spec: "2.0"', /the newest that is known/],
  [
    one("dialogues: [{q: A}]\ndialogues: []"),
    /f\.yaml:5, as it is no YAML: duplicated mapping key/,
  ],
  [
    one("dialogues:\n  - q: A\n  - r: B"),
    /f\.yaml:6 \(devices > it > dialogues > 2\), as it has no q/,
  ],
  [one("dialogues: {q: A}"), /dialogues\), as it must be a list/],
  [one("dialogues: [{q: [A]}]"), /> q\), as it must be text/],
  [
    one('properties:\n  a:\n    default: 1\n    getter: {q: "A?", r: "{:.2q}"}'),
    /f\.yaml:7 \(devices > it > properties > a > getter > r\), as the format ".2q" is not known/,
  ],
  [one('properties: {a: {getter: {q: "A?", r: "{} {}"}}}'), /has \{\} more than once/],
  [one('properties: {a: {getter: {q: "A?", r: "{b}"}}}'), /has a field that there is not: b/],
  [one('properties: {a: {getter: {q: "A?", r: "{"}}}'), /has braces that can't be read/],
  [one('properties: {a: {setter: {q: "A"}}}'), /must have one field \{\} for the value/],
  [one('properties: {a: {setter: {q: "A {:c}"}}}'), /has a field that can't be read: c/],
  [
    one("properties: {a: {default: x, specs: {type: int}}}"),
    /its default can't be taken: "x" is no integer/,
  ],
  [
    one("properties: {a: {default: 5, specs: {type: int, max: 4}}}"),
    /default can't be taken: 5 is above 4/,
  ],
  [
    one("properties: {a: {default: 5, specs: {type: bool}}}"),
    /type must be int, float or str: "bool"/,
  ],
  [one("properties: {a: {default: 5, specs: {max: 4}}}"), /specs\), as it has no type/],
  [one('eom: {ASRL INSTR: {q: "", r: ""}}'), /the end of a message must have a character/],
  [one('dialogues: [{q: A, r: "{RANDOM(1):f}"}]'), /random numbers are written as/],
  [one("error: {error_queue: [{q: E}]}"), /error_queue > 1\), as it has no default/],
  [one("error: {status_register: [{q: E, command_error: x}]}"), /"x" is no integer/],
  [one("channels: {c: {ids: [1], can_select: False}}"), /no property selected_channel/],
  [one("bases: [x]"), /bases are described, but were never made/],
  ['spec: "1.1"', /^RangeError: Cannot choose a device of f\.yaml, as it has none/],
];

for (const [text, message] of WRONG) {
  Deno.test(`pyvisaSimDevice() names the place when ${message.source.slice(0, 60)}`, async () => {
    await assert.rejects(pyvisaSimDevice(text, { path: "f.yaml" }), message);
  });
}

Deno.test("pyvisaSimDevice() says which devices there are when it can't choose", async () => {
  const text = Deno.readTextFileSync(FILE);
  await assert.rejects(
    pyvisaSimDevice(text),
    /^RangeError: Cannot choose .* several: generator, supply, noise\. Name one of them\.$/,
  );
  await assert.rejects(
    pyvisaSimDevice(text, { device: "oven" }),
    /^RangeError: Cannot choose oven .*generator, supply, noise, TCPIP0::localhost::5025::SOCKET/,
  );
});
