/**
 * A password from where it is kept: a file, or the head of whoever starts the run.
 *
 * @module
 */

/** A terminal that a password can be typed on. */
export interface Keyboard {
  /** Whether a person is there. */
  isTerminal(): boolean;
  /** Has what is typed not shown, or shown again. */
  setRaw(raw: boolean, options?: { readonly cbreak: boolean }): void;
  /** Reads what was typed. */
  read(buffer: Uint8Array): Promise<number | null>;
}

/** Where the question is written. */
export interface Screen {
  /** Writes at once. */
  writeSync(bytes: Uint8Array): number;
}

const ENTER = [10, 13];
const ERASE = [8, 127];

/**
 * Asks for a password on the terminal; it is not shown.
 *
 * @param question Such as `"Password of you at smtp.lab.org"`.
 * @throws {Error} If nobody is there to be asked, or nothing was typed.
 */
export async function askPassword(
  question: string,
  keyboard: Keyboard = Deno.stdin,
  screen: Screen = Deno.stderr,
): Promise<string> {
  if (!keyboard.isTerminal()) {
    throw new Error(
      `Cannot ask for the password, as the run was not started on a terminal: ${question}. ` +
        `Put it into a file and name that by the option passwordFile.`,
    );
  }
  const write = (text: string): void => void screen.writeSync(new TextEncoder().encode(text));
  write(`${question}: `);
  keyboard.setRaw(true, { cbreak: true });
  const typed: number[] = [];
  try {
    const buffer = new Uint8Array(256);
    for (;;) {
      const count = await keyboard.read(buffer);
      if (count === null) break;
      const bytes = [...buffer.subarray(0, count)];
      const end = bytes.findIndex((byte) => ENTER.includes(byte));
      for (const byte of end < 0 ? bytes : bytes.slice(0, end)) {
        if (!ERASE.includes(byte)) typed.push(byte);
        // A character of several bytes goes as a whole.
        else while (((typed.pop() ?? 0) & 0xc0) === 0x80);
      }
      if (end >= 0) break;
    }
  } finally {
    keyboard.setRaw(false);
    write("\n");
  }
  if (typed.length === 0) {
    throw new Error(`Cannot send mail without a password: nothing was typed. ${question}.`);
  }
  return new TextDecoder().decode(Uint8Array.from(typed));
}

/**
 * The text of a file that holds a secret, without the line's end.
 *
 * @throws {Error} If it can't be read or is empty.
 */
export async function secretFromFile(path: string, what: string): Promise<string> {
  let text: string;
  try {
    text = await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) throw error;
    throw new Error(
      `Cannot read ${what} from ${path}: ${error instanceof Error ? error.message : error}. ` +
        `Check the name and the rights of the file.`,
      { cause: error },
    );
  }
  const secret = text.replace(/\r?\n$/, "");
  if (secret === "" || /[\r\n]/.test(secret)) {
    throw new Error(`Cannot read ${what} from ${path}, as it must hold one line and nothing else.`);
  }
  return secret;
}
