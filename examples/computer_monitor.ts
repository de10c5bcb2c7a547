/**
 * This computer as an instrument: how busy it is, once a second, until Ctrl-C or `--for 1h`.
 *
 * @module
 */

import { experiment } from "@stripchart/stripchart";
import { computer } from "@stripchart/stripchart/devices";

await experiment("computer_monitor")
  .device("pc", computer())
  .variable("cpu", { label: "Processor, busy fraction" })
  .variable("memoryUsed", { unit: "B", label: "Memory in use" })
  .every("1s", ({ pc }) => pc.read())
  .run();
