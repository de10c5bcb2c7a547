import assert from "node:assert/strict";
import fc from "fast-check";
import { ProtocolError } from "../../../../devices/transports/errors.ts";
import { RecordAssembler, sealRecord } from "../../../../devices/transports/rpc/records.ts";
import { XdrWriter } from "../../../../devices/transports/rpc/xdr.ts";

function fragment(data: Uint8Array, last: boolean): Uint8Array {
  const bytes = new Uint8Array(4 + data.length);
  new DataView(bytes.buffer).setUint32(0, ((last ? 0x80000000 : 0) | data.length) >>> 0);
  bytes.set(data, 4);
  return bytes;
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

Deno.test("sealRecord() marks one last fragment with its length", () => {
  const writer = new XdrWriter().u32(0).u32(0x01020304).u32(5);
  assert.equal(sealRecord(writer).toHex(), "800000080102030400000005");
});

Deno.test("RecordAssembler puts records together however they are cut", () => {
  const record = fc.array(fc.uint8Array({ maxLength: 9000 }), { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(
      fc.array(record, { maxLength: 4 }),
      fc.infiniteStream(fc.integer({ min: 1, max: 7000 })),
      (records, cuts) => {
        const stream = joined(
          records.flatMap((parts) =>
            parts.map((part, i) => fragment(part, i === parts.length - 1))
          ),
        );
        const got: Uint8Array[] = [];
        const assembler = new RecordAssembler("R", 40_000);
        for (let at = 0; at < stream.length;) {
          const size = cuts.next().value ?? 1;
          assembler.push(stream.subarray(at, at + size), (bytes) => got.push(bytes.slice()));
          at += size;
        }
        assert.ok(assembler.atStart);
        assert.deepEqual(got, records.map(joined));
      },
    ),
    { numRuns: 50 },
  );
});

Deno.test("RecordAssembler accepts a record up to its limit, and not one byte more", () => {
  const lengths: number[] = [];
  const assembler = new RecordAssembler("R", 10);
  const take = (record: Uint8Array) => void lengths.push(record.length);
  assembler.push(fragment(new Uint8Array(10), true), take);
  assembler.push(fragment(new Uint8Array(6), false), take);
  assembler.push(fragment(new Uint8Array(4), true), take);
  assert.deepEqual(lengths, [10, 10]);
  assembler.push(fragment(new Uint8Array(6), false), take);
  assert.equal(assembler.atStart, false);
  assert.throws(() => assembler.push(Uint8Array.of(0x80, 0, 0, 5), take), {
    name: "ProtocolError",
    message: /R, as it sends an RPC message of 11 bytes or more where 10 are allowed/,
  });
});

Deno.test("RecordAssembler takes records that come in one piece each as it takes those that are cut", () => {
  const record = fc.uint8Array({ maxLength: 200 });
  fc.assert(fc.property(fc.array(fc.tuple(record, fc.boolean()), { maxLength: 10 }), (records) => {
    const assembler = new RecordAssembler("R", 200);
    const got: Uint8Array[] = [];
    const take = (bytes: Uint8Array) => void got.push(bytes.slice());
    for (const [bytes, cut] of records) {
      const piece = fragment(bytes, true);
      if (cut) { for (const byte of piece) assembler.push(Uint8Array.of(byte), take); }
      else assembler.push(piece, take);
      assert.ok(assembler.atStart);
    }
    assert.deepEqual(got, records.map(([bytes]) => bytes));
    assert.throws(() => assembler.push(fragment(new Uint8Array(201), true), take), {
      name: "ProtocolError",
      message: /of 201 bytes or more where 200 are allowed/,
    });
  }));
});

Deno.test("RecordAssembler ends a chain of empty fragments", () => {
  const assembler = new RecordAssembler("R", 10);
  const empty = new Uint8Array(4 * 2000);
  assert.throws(() => assembler.push(empty, () => {}), ProtocolError);
});

Deno.test("RecordAssembler takes any bytes without anything but a ProtocolError", () => {
  fc.assert(fc.property(fc.array(fc.uint8Array({ maxLength: 64 })), (chunks) => {
    const assembler = new RecordAssembler("R", 1000);
    try {
      for (const chunk of chunks) {
        assembler.push(chunk, (record) => assert.ok(record.length <= 1000));
      }
    } catch (error) {
      assert.ok(error instanceof ProtocolError);
    }
  }));
});
