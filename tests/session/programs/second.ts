// deno-lint-ignore-file no-console -- the test reads what it prints
/**
 * An experiment on a file that another one may hold; says when its device is opened.
 *
 * @module
 */

import { experiment } from "@stripchart/stripchart";
import { device } from "@stripchart/stripchart/devices";

await experiment("held")
  .device(
    "valve",
    device(() => {
      console.log("opened");
      return { flow: (): number => 1 };
    }),
  )
  .every("50ms", ({ valve }) => ({ flow: valve.flow() }))
  .run();
