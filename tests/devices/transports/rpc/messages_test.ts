import assert from "node:assert/strict";
import fc from "fast-check";
import { ProtocolError } from "../../../../devices/transports/errors.ts";
import {
  beginCall,
  beginDenial,
  beginReply,
  readCall,
  readReply,
} from "../../../../devices/transports/rpc/messages.ts";
import { XdrReader } from "../../../../devices/transports/rpc/xdr.ts";

Deno.test("beginCall() writes the head of a call as RFC 5531 has it", () => {
  const call = { program: 0x0607AF, version: 1, procedure: 10 };
  assert.equal(
    beginCall(0x11223344, call, 0).u32(7).bytes().toHex(),
    "00000000" + "11223344" + "00000000" + "00000002" + "000607af" + "00000001" + "0000000a" +
      "0000000000000000" + "0000000000000000" + "00000007",
  );
});

Deno.test("beginReply() writes the head of a reply as RFC 5531 has it", () => {
  assert.equal(
    beginReply(5, 3, 0).bytes().toHex(),
    "00000000" + "00000005" + "00000001" + "00000000" + "0000000000000000" + "00000003",
  );
});

Deno.test("readCall() reads what beginCall() wrote, and skips credentials", () => {
  fc.assert(fc.property(
    fc.nat(0xFFFFFFFF),
    fc.nat(0xFFFFFFFF),
    fc.nat(0xFFFFFFFF),
    fc.nat(0xFFFFFFFF),
    (xid, program, version, procedure) => {
      const bytes = beginCall(xid, { program, version, procedure }, 0).u32(42).bytes().subarray(4);
      const reader = new XdrReader(bytes, "R");
      const call = readCall(reader, "R");
      assert.deepEqual(call, { xid, rpcVersion: 2, program, version, procedure });
      assert.equal(reader.u32(), 42);
    },
  ));
});

const REPLIES: readonly (readonly [string, string, RegExp | undefined])[] = [
  ["success", "00000001 00000000 00000000 00000000 00000000", undefined],
  ["a verifier", "00000001 00000000 00000001 00000005 0102030405000000 00000000", undefined],
  ["no program", "00000001 00000000 00000000 00000000 00000001", /have that program$/],
  [
    "another version",
    "00000001 00000000 0000000000000000 00000002 00000001 00000003",
    /that version/,
  ],
  ["no procedure", "00000001 00000000 00000000 00000000 00000003", /have that procedure/],
  ["garbage", "00000001 00000000 00000000 00000000 00000004", /arguments to be garbage/],
  ["a system error", "00000001 00000000 00000000 00000000 00000005", /error of its own/],
  ["another status", "00000001 00000000 00000000 00000000 00000063", /unknown status 99/],
  ["a denial by version", "00000001 00000001 00000000 00000002 00000002", /another version of RPC/],
  ["a denial by credentials", "00000001 00000001 00000001 00000001", /asks who is calling/],
  ["a long verifier", "00000001 00000000 00000001 00000191", /field of 401 bytes where 400/],
  ["a call", "00000000 00000002", /kind 0 where a reply is due/],
];

for (const [name, layout, message] of REPLIES) {
  Deno.test(`readReply() takes ${name} for what it is`, () => {
    const reader = new XdrReader(Uint8Array.fromHex(layout.replaceAll(" ", "")), "R");
    if (message === undefined) {
      readReply(reader, "R");
      assert.equal(reader.left, 0);
    } else {
      assert.throws(() => readReply(reader, "R"), { name: "ProtocolError", message });
    }
  });
}

Deno.test("beginDenial() is a reply that readReply() understands", () => {
  const reader = new XdrReader(beginDenial(9).bytes().subarray(8), "R");
  assert.throws(() => readReply(reader, "R"), /another version of RPC/);
});

Deno.test("readCall() and readReply() take any bytes without anything but a ProtocolError", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
    for (const read of [readCall, readReply]) {
      try {
        read(new XdrReader(bytes, "R"), "R");
      } catch (error) {
        assert.ok(error instanceof ProtocolError);
      }
    }
  }));
});
