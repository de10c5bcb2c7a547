import assert from "node:assert/strict";
import { open } from "../../../../devices/open.ts";
import {
  pause,
  scpiInstrument,
} from "../../../../devices/simulated_instruments/scpi/instrument.ts";
import type { Responder } from "../../../../devices/transports/responder.ts";
import { simulated } from "../../../../devices/visa.ts";
import { VirtualClock } from "../../../../time/virtual_clock.ts";
import { tell } from "../_talk.ts";

/** An instrument with a level, a slow operation, a block, and a fault. */
function bench(clock: VirtualClock = new VirtualClock()): Responder & { readonly log: string[] } {
  let level = 0;
  const log: string[] = [];
  const responder = scpiInstrument({
    identity: "ACME,1,2,3",
    clock,
    reset: () => {
      level = 0;
      log.push("reset");
    },
    trigger: () => void log.push("trigger"),
    commands: {
      "[:SOURce]:LEVel[:IMMediate]": {
        set: (parameters) => void (level = parameters.number({ min: 0, max: 9 })),
        get: () => level,
      },
      "[:SOURce]:LEVel:TRIGgered": { get: () => 7 },
      ":SLOW": {
        set: (_, context) => context.overlap(pause(context, 10).then(() => void log.push("slow"))),
        get: async (_, context) => {
          await pause(context, 10);
          return "done";
        },
      },
      ":BLOCk": { get: () => new Uint8Array([0x23, 0x31, 0x31, 0x3b]) },
      ":BROKen": {
        get: () => {
          throw new TypeError("no fuse");
        },
      },
      ":NOTE": { set: (parameters) => void log.push(parameters.string()) },
      ":DOUBtful": {
        set: (parameters, { status }) =>
          void (status.questionable.condition = parameters.integer({ min: 0, max: 255 })),
      },
    },
  });
  return Object.assign(responder, { log });
}

const ROWS: readonly (readonly [message: string, answer: string | undefined, errors?: string])[] = [
  ["*IDN?", "ACME,1,2,3"],
  ["lev 2;lev?", "2"],
  [":SOUR:LEV:IMM 3;:SOUR:LEVEL?", "3"],
  // The path goes on where the command before left it; an asterisk does not move it.
  [":SOUR:LEV:TRIG?;*OPC?;TRIG?;:LEV?", "7;1;7;0"],
  [":SOUR:LEV:TRIG?;SOUR:LEV?", "7", '-113,"Undefined header;SOUR:LEV?"'],
  ["BLOC?;LEV?", "#11;;0"],
  ["LEV 10", undefined, '-222,"Data out of range;10"'],
  ["LEV 1,2", undefined, '-108,"Parameter not allowed;2"'],
  ["LEV", undefined, '-109,"Missing parameter"'],
  ["LEV?;NOPE;LEV 5", "0", '-113,"Undefined header;NOPE"'],
  ["SLOW 1", undefined, '-108,"Parameter not allowed;1"'],
  ["BROK?", undefined, '-300,"Device-specific error;no fuse"'],
  ["BLOC", undefined, '-113,"Undefined header;BLOC"'],
  ["NOTE 'a;b'", undefined],
  ["*TST?;*OPT?;SYST:VERS?", "0;0;1999.0"],
  ["", undefined],
];

for (const [message, answer, errors = '+0,"No error"'] of ROWS) {
  Deno.test(`scpiInstrument() answers ${JSON.stringify(message)}`, async () => {
    const instrument = bench();
    assert.equal(await tell(instrument, message), answer);
    assert.equal(await tell(instrument, "SYST:ERR?"), errors);
    assert.equal(await tell(instrument, "SYST:ERR?"), '+0,"No error"');
  });
}

Deno.test("scpiInstrument() raises the event of an error's class, and the status byte sums up", async () => {
  const instrument = bench();
  assert.equal(await tell(instrument, "*ESR?"), "128", "it was switched on");
  assert.equal(await tell(instrument, "*STB?"), "0");
  await tell(instrument, "NOPE");
  await tell(instrument, "LEV 10");
  await tell(instrument, "BROK?");
  assert.equal(await tell(instrument, "*STB?"), "4");
  await tell(instrument, "*ESE 48");
  assert.equal(await tell(instrument, "*STB?;*ESE?"), "36;48");
  await tell(instrument, "*SRE 255");
  assert.equal(await tell(instrument, "*SRE?;*STB?"), "191;100");
  assert.equal(await tell(instrument, "*ESR?;*ESR?"), "56;0");
  await tell(instrument, "*CLS");
  assert.equal(await tell(instrument, "*STB?;SYST:ERR?"), '0;+0,"No error"');
});

Deno.test("scpiInstrument() keeps twenty errors and then says that there were more", async () => {
  const instrument = bench();
  for (let i = 0; i < 25; i++) await tell(instrument, "NOPE");
  const errors: (string | undefined)[] = [];
  for (let i = 0; i < 21; i++) errors.push(await tell(instrument, "SYST:ERR?"));
  assert.deepEqual(errors.slice(18), [
    '-113,"Undefined header;NOPE"',
    '-350,"Queue overflow"',
    '+0,"No error"',
  ]);
});

Deno.test("scpiInstrument() requests service once for each reason that comes up", async () => {
  const instrument = bench();
  const heard: number[] = [];
  using _listening = instrument.onServiceRequest?.((byte) => heard.push(byte));
  await tell(instrument, "*ESR?");
  await tell(instrument, "*ESE 32; *SRE 32; NOPE");
  assert.deepEqual(heard, [64 + 32 + 4]);
  await tell(instrument, "NOPE");
  assert.deepEqual(heard.length, 1, "the reason is known");
  assert.equal(instrument.statusByte?.(), 64 + 32 + 4);
  assert.equal(instrument.statusByte?.(), 32 + 4, "a poll takes the request back");
  await tell(instrument, "*ESR?");
  await tell(instrument, "NOPE");
  assert.deepEqual(heard.length, 2);

  await tell(instrument, "*CLS; *SRE 16");
  await tell(instrument, "LEV?");
  assert.deepEqual(heard.slice(2), [64 + 16], "an answer is available");
  await tell(instrument, "*SRE 8; STAT:QUES:ENAB 6;:DOUB 1");
  assert.equal(heard.length, 3, "that bit is not enabled");
  await tell(instrument, "DOUB 5");
  assert.deepEqual(heard.slice(3), [64 + 8]);
  assert.equal(
    await tell(instrument, "STAT:QUES:COND?;:STAT:QUES?;:STAT:QUES?;:STAT:QUES:ENAB?"),
    "5;5;0;6",
  );
});

Deno.test("scpiInstrument() waits with *WAI, *OPC and *OPC? for what overlaps", async () => {
  const clock = new VirtualClock();
  const instrument = bench(clock);
  await tell(instrument, "*CLS");
  const start = clock.monotonic();
  assert.equal(await tell(instrument, "SLOW;LEV?"), "0");
  assert.equal(clock.monotonic(), start, "it goes on beside");
  assert.equal(await tell(instrument, "*OPC;*ESR?;*OPC?;*ESR?"), "0;1;1");
  assert.equal(clock.monotonic(), start + 10_000);
  await tell(instrument, "SLOW;*WAI;NOTE 'after'");
  assert.deepEqual(instrument.log, ["slow", "slow", "after"]);
  await tell(instrument, "SLOW;*OPC;*CLS;*WAI");
  assert.equal(await tell(instrument, "*ESR?"), "0", "*CLS takes *OPC back");
});

Deno.test("scpiInstrument() gives up what goes on at a clear and at *RST, and works on", async () => {
  const clock = new VirtualClock();
  const instrument = bench(clock);
  const slow = tell(instrument, "SLOW?");
  const queued = tell(instrument, "LEV 4;*IDN?");
  await Promise.resolve();
  await Promise.resolve();
  instrument.clear?.();
  assert.deepEqual(await Promise.all([slow, queued]), [undefined, undefined]);
  assert.equal(await tell(instrument, "LEV?;:SYST:ERR?"), '0;+0,"No error"');
  assert.equal(await tell(instrument, "LEV 4;:SLOW;*RST;*OPC?;LEV?"), "1;0");
  assert.equal(await tell(instrument, "SLOW?"), "done");
  assert.deepEqual(instrument.log, ["reset"], "what was given up was never done");
});

Deno.test("scpiInstrument() is triggered by *TRG and by the bus, or has no trigger", async () => {
  const instrument = bench();
  await tell(instrument, "*TRG");
  instrument.trigger?.();
  assert.deepEqual(instrument.log, ["trigger", "trigger"]);
  const other = scpiInstrument({ identity: "A,B,C,D", commands: {} });
  other.trigger?.();
  assert.equal(await tell(other, "SYST:ERR?"), '-211,"Trigger ignored"');
});

Deno.test("scpiInstrument() serves a message session: requests for service, status, trigger, clear", async () => {
  const instrument = bench();
  await using link = await open(simulated(instrument));
  await link.write("*CLS;*ESE 1;*SRE 32");
  await using requests = link.serviceRequests();
  const next = requests[Symbol.asyncIterator]().next();
  await link.write("*OPC");
  assert.equal((await next).value, 96);
  await link.trigger();
  await link.clear();
  assert.equal(await link.query("*ESR?"), "1");
});
