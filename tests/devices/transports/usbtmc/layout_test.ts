import assert from "node:assert/strict";
import fc from "fast-check";
import {
  decodeAnswer,
  encodeOut,
  encodeRequest,
  HEADER_SIZE,
  nextTag,
} from "../../../../devices/transports/usbtmc/header.ts";
import {
  MESSAGE_SIZE,
  packMessage,
  REQUEST,
  transferred,
} from "../../../../devices/transports/usbtmc/requests.ts";
import { bytes, FLAG, receive, send, test } from "./_bench.ts";

/** The header of an answer, as an instrument sends it. */
function answer(tag: number, size: number, end: boolean): Uint8Array {
  const header = encodeRequest(tag, size, undefined);
  header[8] = end ? 1 : 0;
  return header;
}

Deno.test("headers are those of the class's specification", () => {
  assert.deepEqual([...encodeOut(1, 6, true)], [1, 1, 254, 0, 6, 0, 0, 0, 1, 0, 0, 0]);
  assert.deepEqual([...encodeOut(255, 0x1020304, false)], [1, 255, 0, 0, 4, 3, 2, 1, 0, 0, 0, 0]);
  assert.deepEqual([...encodeRequest(7, 0x10000, undefined)], [
    ...[2, 7, 248, 0, 0, 0, 1, 0, 0, 0, 0, 0],
  ]);
  assert.deepEqual([...encodeRequest(7, 5, 10)], [2, 7, 248, 0, 5, 0, 0, 0, 2, 10, 0, 0]);
});

Deno.test("nextTag() goes through 1 to 255", () => {
  const tags = [0];
  for (let i = 0; i < 256; i++) tags.push(nextTag(tags.at(-1) ?? 0));
  assert.deepEqual(tags.slice(1), [...Array.from({ length: 255 }, (_, i) => i + 1), 1]);
});

Deno.test("decodeAnswer() reads an answer to what was asked, and nothing else", () => {
  const property = fc.property(
    fc.integer({ min: 1, max: 255 }),
    fc.nat({ max: 2 ** 32 - 1 }),
    fc.boolean(),
    fc.integer({ min: 1, max: 255 }),
    (tag, size, end, other) => {
      const header = answer(tag, size, end);
      assert.deepEqual(decodeAnswer(header, tag, size), { size, end });
      if (other !== tag) assert.match(String(decodeAnswer(header, other, size)), /its tag is/);
      if (size > 0) assert.match(String(decodeAnswer(header, tag, size - 1)), /at most/);
    },
  );
  fc.assert(property);
  assert.match(String(decodeAnswer(answer(1, 1, true).subarray(0, 11), 1, 1)), /11 came/);
  assert.match(String(decodeAnswer(encodeOut(1, 1, true), 1, 1)), /its kind is 2: 1/);
});

Deno.test("packMessage() gives the kernel's packed structure", () => {
  const message = new Uint8Array(MESSAGE_SIZE);
  packMessage(message, 0x10203, 5, 0x7f0102030405n);
  assert.deepEqual([...message], [
    ...[3, 2, 1, 0],
    ...[0, 0, 0, 0],
    ...[5, 0, 0, 0],
    ...[5, 4, 3, 2, 1, 0x7f, 0, 0],
  ]);
  message[5] = 1;
  assert.equal(transferred(message), 256);
});

test("a query is these requests, and these bytes on the cable", async (bench) => {
  bench.reply("A?\n", "1.5\n");
  await using scope = await bench.open();
  const before = bench.seen().length;
  await send(scope, "A?\n");
  assert.equal(await receive(scope), "1.5\n");
  const { WRITE, WRITE_RESULT, READ } = REQUEST;
  const seen = bench.seen().slice(before);
  // Sizes and flags; where the bytes are, the driver has found out by itself.
  const shown = seen.map(({ request, argument }) => {
    const words = new DataView(argument.buffer);
    const isMessage = request === WRITE || request === READ;
    return isMessage ? [request, words.getUint32(0, true), words.getUint32(8, true)] : [request];
  });
  assert.deepEqual(shown, [
    [WRITE, HEADER_SIZE + 3, 1],
    // It is not done, and then it is.
    [WRITE_RESULT],
    [WRITE_RESULT],
    [WRITE, HEADER_SIZE, 1],
    [READ, 4096, 1],
    [WRITE_RESULT],
    [READ, 4096, 1],
  ]);
  const [out, ask] = [bench.wire().subarray(0, 16), bench.wire().subarray(16)];
  assert.deepEqual([...out], [...encodeOut(1, 3, true), ...bytes("A?\n"), 0]);
  assert.deepEqual([...ask], [...encodeRequest(2, 65_536, undefined)]);
});

test("the requests that carry nothing have the kernel's numbers", async (bench) => {
  bench.flags(FLAG.HALTED);
  await using scope = await bench.open();
  await scope.readStatusByte?.({ deadline: Infinity });
  await scope.setRemote?.(true, { deadline: Infinity });
  await scope.setRemote?.(false, { deadline: Infinity });
  await scope.trigger?.({ deadline: Infinity });
  await using _watch = await scope.onServiceRequest?.(() => {}, { deadline: Infinity });
  const numbers = bench.seen().map(({ request }) => request)
    .filter((request) => request !== REQUEST.SET_TIMEOUT && request !== REQUEST.API_VERSION);
  assert.deepEqual(numbers, [
    REQUEST.GET_CAPS,
    ...[REQUEST.CANCEL_IO, REQUEST.CLEANUP_IO, REQUEST.CLEAR],
    ...[REQUEST.CLEAR_OUT_HALT, REQUEST.CLEAR_IN_HALT, REQUEST.CLEAR],
    REQUEST.GET_STB,
    REQUEST.REN_CONTROL,
    ...[REQUEST.GOTO_LOCAL, REQUEST.REN_CONTROL],
    REQUEST.TRIGGER,
  ]);
});
