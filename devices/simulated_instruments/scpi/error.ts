/**
 * What an instrument of SCPI objects to.
 *
 * @module
 */

/** The texts of SCPI-99, volume 2, chapter 21, as far as they are used. */
const TEXTS: Readonly<Record<number, string>> = {
  0: "No error",
  [-102]: "Syntax error",
  [-104]: "Data type error",
  [-108]: "Parameter not allowed",
  [-109]: "Missing parameter",
  [-113]: "Undefined header",
  [-131]: "Invalid suffix",
  [-151]: "Invalid string data",
  [-161]: "Invalid block data",
  [-211]: "Trigger ignored",
  [-213]: "Init ignored",
  [-214]: "Trigger deadlock",
  [-221]: "Settings conflict",
  [-222]: "Data out of range",
  [-224]: "Illegal parameter value",
  [-230]: "Data corrupt or stale",
  [-300]: "Device-specific error",
  [-350]: "Queue overflow",
};

/** Something is wrong with a command. It goes to the instrument's error queue. */
export class ScpiError extends Error {
  /** Always `"ScpiError"`. */
  override readonly name = "ScpiError";
  /** SCPI's number; zero for no error. */
  readonly code: number;

  /**
   * An error of a command.
   *
   * @param code SCPI's number, such as -222.
   * @param detail What was seen.
   */
  constructor(code: number, detail?: string) {
    const text = TEXTS[code] ?? "Device-specific error";
    super(detail === undefined ? text : `${text};${detail}`);
    this.code = code;
  }
}
