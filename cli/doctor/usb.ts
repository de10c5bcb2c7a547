/**
 * What the doctor says of USB instruments (USBTMC).
 *
 * @module
 */

import { UDEV_RULE } from "../../devices/transports/usbtmc/advice.ts";
import { type Facts, seen, type SystemFiles } from "./facts.ts";
import type { Finding } from "./finding.ts";
import { Groups } from "./groups.ts";

const DEVICES = "/sys/bus/usb/devices";

/** Class and subclass of a USB interface for test and measurement (USBTMC 1.0, 4.2.2). */
const USBTMC = { class: "fe", subclass: "03" } as const;

/** Looks at USB instruments, their driver, and who may use them. */
export function examineUsb({ files, host }: Facts): Finding[] {
  if (!seen(files)) {
    const { why, fix } = files;
    return [{
      verdict: host.os === "linux" ? "unseen" : "ok",
      message: `USB instruments can't be seen, as ${why}`,
      ...fix === undefined ? {} : { fix },
    }];
  }
  const interfaces = files.list(DEVICES).filter((name) =>
    files.readText(`${DEVICES}/${name}/bInterfaceClass`) === USBTMC.class &&
    files.readText(`${DEVICES}/${name}/bInterfaceSubClass`) === USBTMC.subclass
  );
  const nodes = files.list("/dev").filter((name) => /^usbtmc\d+$/.test(name));
  if (interfaces.length === 0 && nodes.length === 0) {
    return [{ verdict: "ok", message: "no USB instrument is plugged in" }];
  }
  return [
    ...interfaces.flatMap((name) => examineInterface(name, files)),
    ...nodes.map((name) => examineNode(`/dev/${name}`, files)),
  ];
}

/** What an instrument says that it is. */
function titleOf(name: string, files: SystemFiles): string {
  // An interface `1-2:1.0` is of the device `1-2`.
  const device = `${DEVICES}/${name.replace(/:.*$/, "")}`;
  const said = ["manufacturer", "product", "serial"]
    .flatMap((file) => files.readText(`${device}/${file}`) ?? []).join(" ");
  return said === "" ? `the USB instrument at ${name}` : said;
}

function examineInterface(name: string, files: SystemFiles): Finding[] {
  const driver = files.readLink(`${DEVICES}/${name}/driver`)?.replace(/^.*\//, "");
  const title = titleOf(name, files);
  if (driver === "usbtmc") {
    return [{ verdict: "ok", message: `${title}: the kernel's driver has it` }];
  }
  if (driver !== undefined) {
    return [{
      verdict: "problem",
      message: `${title}: another driver has it: ${driver}`,
      fix: "end the program that took it, as one on libusb does, and plug the instrument in again",
    }];
  }
  const loaded = files.list("/sys/bus/usb/drivers").includes("usbtmc");
  return [{
    verdict: "problem",
    message: loaded
      ? `${title}: no driver has it, though usbtmc is loaded`
      : `${title}: the kernel's driver usbtmc is not loaded`,
    fix: loaded
      ? "end the program that took it from the driver, and plug the instrument in again"
      : "sudo modprobe usbtmc; and at each start: echo usbtmc | sudo tee /etc/modules-load.d/usbtmc.conf",
  }];
}

function examineNode(path: string, files: SystemFiles): Finding {
  const groups = new Groups(files);
  const refusal = groups.refusal(path);
  if (refusal === undefined) return { verdict: "ok", message: `${path}: this user may use it` };
  const { why, fix } = refusal;
  if (fix !== undefined) return { verdict: "problem", message: `${path}: ${why}`, fix };
  const group = groups.firstOf(["plugdev"]);
  return {
    verdict: "problem",
    message: `${path}: ${why}: a rule for udev is missing`,
    fix: `echo '${UDEV_RULE}' | sudo tee /etc/udev/rules.d/60-usbtmc.rules; ` +
      `sudo udevadm control --reload; sudo udevadm trigger --subsystem-match=usbmisc` +
      (group === undefined ? "" : `; ${groups.advice(group)}`),
  };
}
