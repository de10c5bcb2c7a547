/**
 * What to do where an instrument can't be used.
 *
 * @module
 */

import { ERRNO, type UnixFiles } from "../serial/unix/calls.ts";

const APPLICATION_SPECIFIC = "fe";
const TEST_AND_MEASUREMENT = "03";

/** The rule that lets users have their instruments. */
export const UDEV_RULE =
  `SUBSYSTEM=="usbmisc", KERNEL=="usbtmc*", GROUP="plugdev", MODE="0660", TAG+="uaccess"`;

/** Why a device file can't be opened, to be read after "as". */
export function notPermitted(error: number, path: string): string {
  switch (error) {
    case ERRNO.EACCES:
      return `this user may not open ${path}. Put this line into /etc/udev/rules.d/60-usbtmc.rules:\n` +
        `  ${UDEV_RULE}\n` +
        "and run: sudo udevadm control --reload && sudo udevadm trigger --subsystem-match=usbmisc\n" +
        `Whoever works from afar must be in that group: sudo usermod -aG plugdev "$USER", and log in again.`;
    case ERRNO.ENOENT:
      return `the kernel has it, but there is no ${path}. In a container, pass the device on: ` +
        `--device=${path}`;
    case ERRNO.ENODEV:
    case ERRNO.ENXIO:
      return `${path} was unplugged this moment. Look at its plug and its power.`;
    default:
      return `the system says error ${error} for ${path}.`;
  }
}

/** Why there is no instrument at all, to be read after "as". */
export function noInstrument(files: UnixFiles, sys: string): string {
  const devices = `${sys}/bus/usb/devices`;
  const plugged = files.list(devices).some((name) =>
    files.readText(`${devices}/${name}/bInterfaceClass`) === APPLICATION_SPECIFIC &&
    files.readText(`${devices}/${name}/bInterfaceSubClass`) === TEST_AND_MEASUREMENT
  );
  if (!plugged) {
    return "no USB instrument is connected. Look at its plug and its power; lsusb shows what there is.";
  }
  if (!files.list(`${sys}/bus/usb/drivers`).includes("usbtmc")) {
    return "the kernel's driver usbtmc is not loaded, though a USB instrument is connected. Run: " +
      "sudo modprobe usbtmc. To have it at each start: " +
      "echo usbtmc | sudo tee /etc/modules-load.d/usbtmc.conf";
  }
  return "another program took the USB instrument from the kernel's driver, as pyvisa-py does. " +
    "End that program, and plug the instrument in again.";
}
