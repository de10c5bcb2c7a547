import assert from "node:assert/strict";
import fc from "fast-check";
import {
  AdapterInput,
  type AdapterLine,
  addressText,
  escapeData,
} from "../../../../devices/transports/prologix/wire.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const bytesArbitrary = fc.uint8Array({ maxLength: 64 });

Deno.test("escapeData() escapes what the adapter would take for itself", () => {
  const table: [string, string][] = [
    ["*IDN?", "*IDN?\n"],
    ["a\nb", "a\x1b\nb\n"],
    ["\r", "\x1b\r\n"],
    ["\x1b", "\x1b\x1b\n"],
    ["++ver", "\x1b+\x1b+ver\n"],
    ["", "\n"],
  ];
  for (const [data, line] of table) assert.deepEqual(escapeData(bytes(data)), bytes(line), data);
});

Deno.test("AdapterInput.take() gives back what escapeData() was given, however it is cut", () => {
  fc.assert(fc.property(
    fc.array(fc.uint8Array({ minLength: 1, maxLength: 40 }), { maxLength: 5 }),
    fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 10 }),
    (messages, cuts) => {
      const input = new AdapterInput();
      const line = messages.flatMap((message) => [...escapeData(message)]);
      const found: AdapterLine[] = [];
      for (let at = 0, cut = 0; at < line.length; cut += 1) {
        const size = cuts[cut % cuts.length] ?? 1;
        found.push(...input.take(Uint8Array.from(line.slice(at, at + size))));
        at += size;
      }
      assert.deepEqual(found, messages.map((data) => ({ kind: "data", data })));
    },
  ));
});

Deno.test("AdapterInput.take() finds commands, and takes any bytes", () => {
  const take = (text: string) => new AdapterInput().take(bytes(text));
  assert.deepEqual(take("++read eoi\r\n\n++addr 5\n"), [
    { kind: "command", text: "read eoi" },
    { kind: "command", text: "addr 5" },
  ]);
  assert.deepEqual(take("+a\n"), [{ kind: "data", data: bytes("+a") }]);
  assert.deepEqual(take("a++b\n"), [{ kind: "data", data: bytes("a++b") }]);
  assert.deepEqual(take("\x1b++a\n"), [{ kind: "data", data: bytes("++a") }]);
  assert.deepEqual(take("++ver"), []);
  fc.assert(fc.property(bytesArbitrary, (any) => {
    new AdapterInput().take(any);
  }));
});

Deno.test("AdapterInput.take() throws away a line that is too long, and goes on", () => {
  const input = new AdapterInput(4);
  assert.deepEqual(input.take(bytes("12345\n1234\n")), [{ kind: "data", data: bytes("1234") }]);
});

Deno.test("addressText() speaks as ++addr and refuses what is no address", () => {
  assert.equal(addressText({ primary: 12 }), "12");
  assert.equal(addressText({ primary: 0, secondary: 0 }), "0 96");
  assert.equal(addressText({ primary: 30, secondary: 30 }), "30 126");
  for (const address of [{ primary: 31 }, { primary: -1 }, { primary: 1.5 }, { primary: NaN }]) {
    assert.throws(() => addressText(address), /Cannot take .* primary GPIB address/);
  }
  assert.throws(() => addressText({ primary: 1, secondary: 31 }), RangeError);
});
