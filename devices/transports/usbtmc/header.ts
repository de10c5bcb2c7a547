/**
 * Headers of bulk transfers, by the USB Test and Measurement Class Specification 1.0, section 3.
 *
 * @module
 */

/** Bytes of a header. */
export const HEADER_SIZE = 12;

const ID = { out: 1, request: 2 } as const;
const AT = { id: 0, tag: 1, inverse: 2, size: 4, attributes: 8, stopAt: 9 } as const;
const END = 1;
const STOP = 2;

/** The tag after this one: 1 to 255, in turn. */
export function nextTag(tag: number): number {
  return tag % 255 + 1;
}

function encode(id: number, tag: number, size: number, attributes: number, stopAt: number) {
  const bytes = new Uint8Array(HEADER_SIZE);
  bytes[AT.id] = id;
  bytes[AT.tag] = tag;
  bytes[AT.inverse] = ~tag;
  new DataView(bytes.buffer).setUint32(AT.size, size, true);
  bytes[AT.attributes] = attributes;
  bytes[AT.stopAt] = stopAt;
  return bytes;
}

/** The header of bytes to the instrument. */
export function encodeOut(tag: number, size: number, end: boolean): Uint8Array<ArrayBuffer> {
  return encode(ID.out, tag, size, end ? END : 0, 0);
}

/** Asks the instrument for so many bytes at most, and for no more than up to this one. */
export function encodeRequest(
  tag: number,
  size: number,
  stopAt: number | undefined,
): Uint8Array<ArrayBuffer> {
  return encode(ID.request, tag, size, stopAt === undefined ? 0 : STOP, stopAt ?? 0);
}

/** What the header of an answer says. */
export interface Answer {
  /** How many bytes it has. */
  readonly size: number;
  /** Whether its last byte is the message's. */
  readonly end: boolean;
}

/**
 * Reads the header of an answer.
 *
 * @param asked For how many bytes the instrument was asked.
 * @returns What it says, or why it is none to what was asked, to be read after "as".
 */
export function decodeAnswer(bytes: Uint8Array, tag: number, asked: number): Answer | string {
  if (bytes.length < HEADER_SIZE) {
    return `its header has ${HEADER_SIZE} bytes: ${bytes.length} came`;
  }
  if (bytes[AT.id] !== ID.request) return `its kind is ${ID.request}: ${bytes[AT.id]}`;
  if (bytes[AT.tag] !== tag) return `its tag is the question's, ${tag}: ${bytes[AT.tag]}`;
  if (((bytes[AT.tag] ?? 0) ^ (bytes[AT.inverse] ?? 0)) !== 0xff) {
    return `its tag's complement fits ${tag}: ${bytes[AT.inverse]}`;
  }
  const size = new DataView(bytes.buffer, bytes.byteOffset).getUint32(AT.size, true);
  if (size > asked) return `it has ${asked} bytes at most: ${size}`;
  return { size, end: ((bytes[AT.attributes] ?? 0) & END) !== 0 };
}
