import assert from "node:assert/strict";
import fc from "fast-check";
import { ProtocolError } from "../../../../devices/transports/errors.ts";
import {
  encodeMessage,
  HEADER_SIZE,
  MessageType,
  parseHeader,
} from "../../../../devices/transports/hislip/header.ts";
import {
  decodeMaximumSize,
  describeError,
  encodeMaximumSize,
  encodeStartTls,
  nextMessageId,
  packParameter,
  unpackParameter,
} from "../../../../devices/transports/hislip/messages.ts";

const ascii = new TextEncoder();

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

Deno.test("encodeMessage() lays the bytes out as IVI-6.1 does", () => {
  const table: [Uint8Array, string][] = [
    [
      encodeMessage(
        MessageType.Initialize,
        0,
        packParameter(0x0200, 0x5343),
        ascii.encode("hislip0"),
      ),
      "48530000020053430000000000000007" + "6869736c697030",
    ],
    [
      encodeMessage(MessageType.DataEnd, 1, 0xffffff00, ascii.encode("*IDN?\n")),
      "48530701ffffff000000000000000006" + "2a49444e3f0a",
    ],
    [
      encodeMessage(MessageType.AsyncStatusResponse, 0x50, 0),
      "48531650000000000000000000000000",
    ],
    [
      encodeMaximumSize(MessageType.AsyncMaximumMessageSize, 0x1_0010_0000),
      "48530f00000000000000000000000008" + "0000000100100000",
    ],
    [encodeStartTls(0xffffff02, 0xffffff00), "48531d00ffffff020000000000000004ffffff00"],
  ];
  for (const [bytes, expected] of table) assert.equal(hex(bytes), expected);
});

Deno.test("parseHeader() gives back what encodeMessage() was given", () => {
  const byte = fc.integer({ min: 0, max: 255 });
  const parameter = fc.integer({ min: 0, max: 0xffffffff });
  fc.assert(
    fc.property(byte, byte, parameter, fc.uint8Array(), (type, control, parameter, payload) => {
      const bytes = encodeMessage(type, control, parameter, payload);
      const header = parseHeader(bytes, 0, "X");
      assert.deepEqual(header, { type, control, parameter, length: payload.length });
      assert.deepEqual(bytes.subarray(HEADER_SIZE), payload);
    }),
  );
});

Deno.test("parseHeader() takes any bytes for a header or for a ProtocolError", () => {
  const begin = fc.oneof(fc.constant([0x48, 0x53]), fc.array(fc.nat(255), { maxLength: 2 }));
  const rest = fc.uint8Array({ minLength: HEADER_SIZE, maxLength: HEADER_SIZE + 8 });
  fc.assert(fc.property(begin, rest, (begin, rest) => {
    const bytes = Uint8Array.of(...begin, ...rest);
    try {
      const header = parseHeader(bytes, 0, "X");
      assert.ok(Number.isSafeInteger(header.length) && header.length >= 0);
      assert.deepEqual([bytes[0], bytes[1]], [0x48, 0x53]);
    } catch (error) {
      assert.ok(error instanceof ProtocolError, String(error));
    }
  }));
});

Deno.test("parseHeader() says what it saw instead", () => {
  assert.throws(() => parseHeader(ascii.encode("HTTP/1.1 400 Bad"), 0, "X"), {
    name: "ProtocolError",
    message: /begins with 48 53 .*: 48 54 54 50/,
  });
  const huge = encodeMessage(MessageType.DataEnd, 0, 0);
  huge.fill(0xff, 8);
  assert.throws(() => parseHeader(huge, 0, "X"), { message: /18446744073709551615 bytes/ });
});

Deno.test("nextMessageId() goes on by two and wraps", () => {
  assert.equal(nextMessageId(0xffffff00), 0xffffff02);
  assert.equal(nextMessageId(0xfffffffe), 0);
  assert.deepEqual(unpackParameter(0xfffe8001), [0xfffe, 0x8001]);
});

Deno.test("decodeMaximumSize() takes eight bytes only, and every size", () => {
  assert.equal(decodeMaximumSize(new Uint8Array(8).fill(0xff)), Number.MAX_SAFE_INTEGER);
  assert.equal(decodeMaximumSize(new Uint8Array(7)), undefined);
});

Deno.test("describeError() names the code and keeps the text on one line", () => {
  assert.equal(
    describeError(MessageType.FatalError, 3, ascii.encode("no\nsuch\x00thing")),
    "3 (invalid initialization sequence): no such thing",
  );
  assert.equal(describeError(MessageType.Error, 200, new Uint8Array()), "200 (device-defined)");
});
