/**
 * The points of a sweep, in order.
 *
 * @module
 */

/** Setpoints along named axes; the first axis moves slowest. */
export type SweepAxes = Readonly<Record<string, readonly number[]>>;

/** In which order a grid is gone through. */
export interface SweepOrder {
  /** Whether every other pass along the inner axes goes backwards, so that no setpoint jumps. @default false */
  readonly snake?: boolean;
  /** How many times the whole is gone through. @default 1 */
  readonly passes?: number;
}

/** The points of a sweep: how many, and each of them. */
export interface SweepPoints<P> {
  /** How many there are in all passes; undefined if the values are counted only as they come. */
  readonly total: number | undefined;
  /** All of them, in order. */
  [Symbol.iterator](): Iterator<P>;
}

function checkOrder({ passes = 1 }: SweepOrder): number {
  if (!Number.isInteger(passes) || passes < 1) {
    throw new RangeError(`Cannot sweep a number of passes that is not 1 or more: ${passes}`);
  }
  return passes;
}

/**
 * The points of a sweep over values.
 *
 * @throws {RangeError} If there are none.
 */
export function valuePoints<V>(values: Iterable<V>, order: SweepOrder = {}): SweepPoints<V> {
  const passes = checkOrder(order);
  const list = Array.isArray(values) ? values as readonly V[] : undefined;
  if (list?.length === 0) throw new RangeError("Cannot sweep, as there are no values");
  if (list === undefined && passes > 1) {
    throw new RangeError("Cannot go through values twice that are no array: give an array");
  }
  return {
    total: list === undefined ? undefined : list.length * passes,
    *[Symbol.iterator](): Generator<V> {
      for (let pass = 0; pass < passes; pass++) {
        const back = order.snake === true && pass % 2 === 1;
        yield* back && list !== undefined ? [...list].reverse() : values;
      }
    },
  };
}

/**
 * The points of a grid: every combination of the axes' values, the last axis moving fastest.
 *
 * @throws {RangeError} If there is no axis, or one without values or with a value that is no number.
 */
export function gridPoints(
  axes: SweepAxes,
  order: SweepOrder = {},
): SweepPoints<Record<string, number>> {
  const passes = checkOrder(order);
  const names = Object.keys(axes);
  const lists = Object.values(axes);
  if (names.length === 0) throw new RangeError("Cannot sweep, as there is no axis");
  for (const [i, list] of lists.entries()) {
    const axis = JSON.stringify(names[i]);
    if (!Array.isArray(list)) {
      throw new TypeError(`Cannot sweep the axis ${axis}, as it is no array`);
    }
    if (list.length === 0) {
      throw new RangeError(`Cannot sweep the axis ${axis}, as it has no values`);
    }
    const odd = list.find((value) => typeof value !== "number");
    if (odd !== undefined) {
      throw new TypeError(`Cannot sweep the axis ${axis}, as a value is no number: ${String(odd)}`);
    }
  }
  const size = lists.reduce((product, list) => product * list.length, 1);
  return {
    total: size * passes,
    *[Symbol.iterator](): Generator<Record<string, number>> {
      for (let n = 0; n < size * passes; n++) {
        const point: Record<string, number> = {};
        let rest = n % size;
        let block = size;
        let above = Math.floor(n / size);
        for (const [i, list] of lists.entries()) {
          block /= list.length;
          const index = Math.floor(rest / block);
          rest %= block;
          // An axis turns round each time the ones before it have moved on by one.
          const back = order.snake === true && above % 2 === 1;
          point[names[i] as string] = list[back ? list.length - 1 - index : index] as number;
          above = above * list.length + index;
        }
        yield point;
      }
    },
  };
}
