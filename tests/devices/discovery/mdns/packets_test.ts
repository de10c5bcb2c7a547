import assert from "node:assert/strict";
import packet from "dns-packet";
import fc from "fast-check";
import { Buffer } from "node:buffer";
import {
  decodeAnswer,
  encodeQuestions,
  type Question,
} from "../../../../devices/discovery/mdns/packets.ts";

Deno.test("encodeQuestions() writes a query as RFC 1035 has it", () => {
  assert.equal(
    encodeQuestions(0x1234, [{ labels: ["_lxi", "_tcp", "local"], type: "PTR" }]).toHex(),
    "1234" + "0000" + "0001" + "000000000000" +
      "045f6c7869" + "045f746370" + "056c6f63616c" + "00" + "000c" + "0001",
  );
});

const label = fc.string({ minLength: 1, maxLength: 15 }).filter((text) =>
  !text.includes(".") && text.isWellFormed()
);
const question: fc.Arbitrary<Question> = fc.record({
  labels: fc.array(label, { minLength: 1, maxLength: 4 }),
  type: fc.constantFrom("A", "PTR", "TXT", "AAAA", "SRV"),
});

Deno.test("encodeQuestions() writes what the package for DNS reads", () => {
  fc.assert(fc.property(fc.nat(65535), fc.array(question, { maxLength: 5 }), (id, questions) => {
    const read = packet.decode(Buffer.from(encodeQuestions(id, questions)));
    assert.equal(read.id, id);
    assert.deepEqual(
      read.questions,
      questions.map(({ labels, type }) => ({ name: labels.join("."), type, class: "IN" })),
    );
  }));
});

const ANSWER = {
  type: "response",
  answers: [
    { type: "PTR", name: "_lxi._tcp.local", data: "DMM 1.2._lxi._tcp.local" },
    { type: "NSEC", name: "dmm.local", data: { nextDomain: "dmm.local", rrtypes: ["A"] } },
  ],
  additionals: [
    { type: "SRV", name: "DMM._lxi._tcp.local", data: { target: "dmm.local", port: 80 } },
    { type: "TXT", name: "DMM._lxi._tcp.local", data: ["txtvers=1", "Model=34465A", "µ"] },
    { type: "A", name: "dmm.local", data: "10.0.0.9" },
    { type: "AAAA", name: "dmm.local", data: "fd00::9" },
    { type: "OPT", name: ".", udpPayloadSize: 1440, options: [] },
  ],
};

Deno.test("decodeAnswer() reads the records that tell of services", () => {
  assert.deepEqual(decodeAnswer(packet.encode(ANSWER)), [
    { type: "PTR", name: "_lxi._tcp.local", data: "DMM 1.2._lxi._tcp.local" },
    { type: "SRV", name: "DMM._lxi._tcp.local", data: { target: "dmm.local", port: 80 } },
    { type: "TXT", name: "DMM._lxi._tcp.local", data: ["txtvers=1", "Model=34465A", "µ"] },
    { type: "A", name: "dmm.local", data: "10.0.0.9" },
    { type: "AAAA", name: "dmm.local", data: "fd00::9" },
  ]);
  assert.deepEqual(decodeAnswer(packet.encode({ ...ANSWER, type: "query" })), []);
});

Deno.test("decodeAnswer() takes any bytes, be they nearly an answer", () => {
  const whole = Uint8Array.from(packet.encode(ANSWER));
  const near = fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { maxLength: 6 }).map(
    (changes) => {
      const bytes = whole.slice();
      for (const [at, value] of changes) bytes[at] = value;
      return bytes;
    },
  );
  const cut = fc.nat(whole.length).map((length) => whole.slice(0, length));
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array({ maxLength: 300 }), near, cut), (bytes) => {
      for (const { type, name } of decodeAnswer(bytes)) {
        assert.ok(["PTR", "SRV", "TXT", "A", "AAAA"].includes(type));
        assert.equal(typeof name, "string");
      }
    }),
    { numRuns: 2000 },
  );
});
