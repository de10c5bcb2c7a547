/**
 * Without the builder: a class of one's own, as in pymanip. A method that is repeated paces itself with
 * `sleep`; ready-made tasks run beside it.
 *
 * @module
 */

import { lasting, Session } from "@stripchart/stripchart";
import { open, type ThermalBath, thermalBath } from "@stripchart/stripchart/devices";

class Cooling extends Session {
  #bath: ThermalBath | undefined;

  async monitoringTask(): Promise<void> {
    this.addEntry({ temperature: this.#bath?.temperature() ?? NaN });
    await this.sleep("100ms");
  }

  async main(): Promise<void> {
    await using bath = await open(thermalBath({ initial: 80, timeConstant: "1s", seed: 1 }));
    this.#bath = bath;
    this.saveParameter("start", 80);
    await this.monitor(this.monitoringTask, lasting("2s"));
  }
}

await using session = new Cooling("class_style");
await session.main();
