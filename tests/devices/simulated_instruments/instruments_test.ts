import assert from "node:assert/strict";
import { open } from "../../../devices/open.ts";
import {
  type MultimeterOptions,
  simulatedMultimeter,
} from "../../../devices/simulated_instruments/multimeter.ts";
import { simulatedPowerSupply } from "../../../devices/simulated_instruments/power_supply.ts";
import { simulatedThermostat } from "../../../devices/simulated_instruments/thermostat.ts";
import { simulated } from "../../../devices/visa.ts";
import { sleep } from "../../../time/clock.ts";
import { VirtualClock } from "../../../time/virtual_clock.ts";
import { tell } from "./_talk.ts";

const meter = (options: MultimeterOptions = {}) => {
  const clock = new VirtualClock();
  return { clock, dmm: simulatedMultimeter({ clock, ...options }) };
};

Deno.test("simulatedMultimeter() measures each quantity, in its range, with noise", async () => {
  const { dmm } = meter({ input: (quantity) => quantity.length });
  for (
    const [header, length] of [
      ["VOLT", 7],
      ["VOLT:AC", 10],
      ["CURR", 7],
      ["RES", 10],
      ["FRESistance", 17],
    ] as const
  ) {
    const text = await tell(dmm, `MEAS:${header}?`) ?? "";
    assert.match(text, /^[+-]\d\.\d{8}E[+-]\d\d$/);
    const expected = header === "CURR" ? 9.9e37 : length;
    assert.ok(Math.abs(Number(text) - expected) < 1e-3, `${header}: ${text}`);
  }
  assert.equal(await tell(dmm, "STAT:QUES?"), "2", "the current was overloaded");
  assert.equal(await tell(dmm, "STAT:QUES:COND?;:SYST:ERR?"), '0;+0,"No error"');
});

Deno.test("simulatedMultimeter() takes longer and reads quieter with more cycles", async () => {
  const spreads: number[] = [];
  for (const cycles of [0.02, 100]) {
    const { clock, dmm } = meter({ input: () => 1 });
    await tell(dmm, `CONF:VOLT 10;:VOLT:NPLC ${cycles};:SAMP:COUN 400`);
    const start = clock.monotonic();
    const values = (await tell(dmm, "READ?"))?.split(",").map(Number) ?? [];
    assert.equal(values.length, 400);
    const took = clock.monotonic() - start;
    assert.ok(Math.abs(took - 400 * 20 * cycles) < 1e-6 * took, String(took));
    const mean = values.reduce((a, b) => a + b, 0) / 400;
    spreads.push(Math.sqrt(values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / 400));
  }
  const [quick = 0, slow = 0] = spreads;
  // In theory by the square root of 5000; the spread of 400 readings is known to some 4 %.
  assert.ok(Math.abs(quick / slow / Math.sqrt(5000) - 1) < 0.3, String(spreads));
});

Deno.test("simulatedMultimeter() repeats its readings when the seed is the same", async () => {
  const reads = await Promise.all([1, 1, 2].map((seed) => tell(meter({ seed }).dmm, "READ?")));
  assert.equal(reads[0], reads[1]);
  assert.notEqual(reads[0], reads[2]);
});

Deno.test("simulatedMultimeter() sends readings as blocks of either width and order", async () => {
  for (const type of ["float32", "float64"] as const) {
    for (const [border, endianness] of [["NORM", "big"], ["SWAP", "little"]] as const) {
      const { clock, dmm } = meter({ input: (_, seconds) => 1 + seconds });
      await using link = await open(simulated(dmm), { clock });
      await link.write(`FORM REAL,${type.slice(5)};:FORM:BORD ${border};:SAMP:COUN 5`);
      assert.equal(await link.query("FORM?;FORM:BORD?"), `REAL,${type.slice(5)};${border}`);
      const values = await link.queryBlock("READ?", { type, endianness });
      assert.deepEqual(Array.from(values, (x) => Math.round(x * 1000)), [
        1020,
        1040,
        1060,
        1080,
        1100,
      ]);
      // A line feed in the data, or after it, disturbs nothing.
      assert.equal(await link.query("*IDN?"), "STRIPCHART,SIM-DMM,0,1.0");
      await link.write("TRAC:POIN 2000;INT 1e-4");
      const wave = await link.queryBlock("TRAC:DATA?", { type, endianness });
      assert.equal(wave.length, 2000);
      assert.ok(Math.abs((wave[1999] ?? 0) - (wave[0] ?? 0) - 0.1999) < 1e-3);
    }
  }
});

Deno.test("simulatedMultimeter() follows its trigger model", async () => {
  const { clock, dmm } = meter({ input: (_, seconds) => seconds });
  assert.equal(await tell(dmm, "FETC?;:SYST:ERR?"), undefined);
  assert.equal(await tell(dmm, "SYST:ERR?"), '-230,"Data corrupt or stale"');
  await tell(dmm, "TRIG:SOUR BUS;COUN 2;:SAMP:COUN 3");
  assert.equal(await tell(dmm, "TRIG:SOUR?;COUN?;:SAMP:COUN?"), "BUS;2;3");
  await tell(dmm, "READ?");
  assert.equal(await tell(dmm, "SYST:ERR?"), '-214,"Trigger deadlock"');
  await tell(dmm, "*TRG");
  assert.equal(await tell(dmm, "SYST:ERR?"), '-211,"Trigger ignored"');

  await tell(dmm, "INIT");
  assert.equal(await tell(dmm, "STAT:OPER:COND?"), "32");
  await tell(dmm, "INIT");
  assert.equal(await tell(dmm, "SYST:ERR?"), '-213,"Init ignored"');
  dmm.trigger?.();
  assert.equal((await tell(dmm, "FETC?"))?.split(",").length, 3);
  await sleep(clock, 1000);
  await tell(dmm, "*TRG;*OPC?");
  const readings = (await tell(dmm, "FETC?"))?.split(",").map(Number) ?? [];
  assert.equal(await tell(dmm, "DATA:POIN?"), "6");
  assert.ok((readings[3] ?? 0) - (readings[2] ?? 0) >= 1, String(readings));
  assert.equal(await tell(dmm, "STAT:OPER:COND?"), "0");

  await tell(dmm, "TRIG:SOUR IMM;:INIT");
  assert.equal((await tell(dmm, "FETC?"))?.split(",").length, 6);
  await tell(dmm, "TRIG:SOUR BUS;:INIT;:ABOR");
  assert.equal(await tell(dmm, "STAT:OPER:COND?;*OPC?;:SYST:ERR?"), '0;1;+0,"No error"');
  await tell(dmm, "TRIG:SOUR IMM;COUN 1000000;:SAMP:COUN 2;:INIT");
  assert.equal(await tell(dmm, "SYST:ERR?"), '-221,"Settings conflict"');
});

Deno.test("simulatedMultimeter() is set up by words, ranges and resolutions", async () => {
  const { dmm } = meter();
  const rows: readonly (readonly [message: string, answer: string])[] = [
    ["CONF?", '"VOLT +1.00000000E-01,+1.00000000E-07"'],
    ["CONF:RES 5000;:CONF?", '"RES +1.00000000E+04,+1.00000000E-02"'],
    ["FUNC?", '"RES"'],
    ["FUNC 'VOLTage:AC';FUNC?", '"VOLT:AC"'],
    ["VOLT:RANG:AUTO?;AUTO OFF;AUTO?", "1;0"],
    ["VOLT:RANG 2;RANG?", "+1.00000000E+01"],
    ["CONF:VOLT 10,1e-4;:VOLT:NPLC?", "+2.00000000E-02"],
    ["CONF:VOLT 10,1e-6;:VOLT:NPLC?", "+1.00000000E+01"],
    ["FORM ASC;FORM?", "ASC"],
    ["TRIG:DEL 5 MS;DEL?", "+5.00000000E-03"],
    ["*RST;CONF?", '"VOLT +1.00000000E-01,+1.00000000E-07"'],
  ];
  for (const [message, answer] of rows) assert.equal(await tell(dmm, message), answer, message);
  assert.equal(await tell(dmm, "SYST:ERR?"), '+0,"No error"');
});

Deno.test("simulatedPowerSupply() holds the voltage or the current, and is cut off above its protection", async () => {
  const psu = simulatedPowerSupply({ load: 10, noise: 0 });
  const rows: readonly (readonly [message: string, answer: string | undefined])[] = [
    ["MEAS:VOLT?", "+0.00000000E+00"],
    ["VOLT 5;OUTP ON;:MEAS:VOLT?;CURR?", "+5.00000000E+00;+5.00000000E-01"],
    ["STAT:QUES:COND?", "2"],
    ["CURR 100 MA;:MEAS:VOLT?;CURR?", "+1.00000000E+00;+1.00000000E-01"],
    ["STAT:QUES:COND?", "1"],
    ["VOLT? MAX;:SOUR:CURR:LEV:IMM:AMPL? MIN", "+3.00000000E+01;+0.00000000E+00"],
    ["APPL 12, 3;:APPL?", '"12.0000,3.0000"'],
    ["VOLT:PROT 10;:OUTP?;:VOLT:PROT:TRIP?;:STAT:QUES:COND?", "0;1;512"],
    ["OUTP ON", undefined],
    ["SYST:ERR?", '-221,"Settings conflict;over-voltage protection"'],
    ["VOLT 9;:OUTP:PROT:CLE;:OUTP ON;:MEAS:VOLT?", "+9.00000000E+00"],
    ["VOLT 31", undefined],
    ["SYST:ERR?", '-222,"Data out of range;31"'],
    ["*RST;OUTP?;:VOLT?;:STAT:QUES:COND?", "0;+0.00000000E+00;0"],
  ];
  for (const [message, answer] of rows) assert.equal(await tell(psu, message), answer, message);
  assert.throws(() => simulatedPowerSupply({ load: 0 }), /^RangeError: Cannot make a power supply/);
});

Deno.test("simulatedThermostat() regulates its bath by commands of the serial kind", async () => {
  const clock = new VirtualClock();
  const bath = simulatedThermostat({ clock, noise: 0, timeConstant: "1min" });
  const rows: readonly (readonly [message: string, answer: string | undefined])[] = [
    ["version", "STRIPCHART SIM-BATH VERSION 1.0"],
    ["status", "02 REMOTE STOP"],
    ["in_pv_00", "20.00"],
    ["out_sp_00 45.5", undefined],
    ["in_sp_00", "45.50"],
    ["in_pv_01", "0.0"],
    ["out_mode_05 1", undefined],
    ["in_mode_05", "1"],
    ["status\r", "03 REMOTE START"],
    ["in_pv_01", "100.0"],
    ["out_sp_01 30", undefined],
    ["in_sp_01", "30.00"],
    ["out_mode_01 1", undefined],
    ["in_mode_01", "1"],
    ["out_sp_00 300", undefined],
    ["status", "-11 VALUE TOO LARGE"],
    ["out_sp_00 -30", undefined],
    ["status", "-10 VALUE TOO SMALL"],
    ["make_tea 1", undefined],
    ["status", "-08 INVALID COMMAND"],
    ["status", "03 REMOTE START"],
    ["", undefined],
  ];
  for (const [message, answer] of rows) assert.equal(await tell(bath, message), answer, message);
  await sleep(clock, 600_000);
  assert.equal(await tell(bath, "in_pv_00"), "30.00");
  await tell(bath, "out_mode_05 0");
  await sleep(clock, 3_600_000);
  assert.equal(await tell(bath, "in_pv_00"), "20.00");
});
