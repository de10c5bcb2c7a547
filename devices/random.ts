/**
 * Random numbers that a seed repeats, for simulated instruments.
 *
 * @module
 */

/** State of xoshiro128**: four 32-bit words, not all zero. */
export type RandomState = [number, number, number, number];

/**
 * Expands a seed to a state with splitmix32 (the 32-bit finaliser of MurmurHash3 over a Weyl sequence), as
 * the authors of xoshiro advise.
 *
 * @param seed Any finite number; its lower 32 bits count.
 */
export function stateFrom(seed: number): RandomState {
  let weyl = seed | 0;
  const next = (): number => {
    weyl = (weyl + 0x9e3779b9) | 0;
    let z = weyl;
    z = Math.imul(z ^ (z >>> 16), 0x85ebca6b);
    z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
    return (z ^ (z >>> 16)) >>> 0;
  };
  return [next(), next(), next(), next()];
}

/**
 * The next number of xoshiro128** (Blackman and Vigna 2018, version 1.1).
 *
 * @param state It is moved on.
 * @returns An integer from 0 to 2³² − 1.
 */
export function nextUint32(state: RandomState): number {
  const scrambled = Math.imul(state[1], 5);
  const result = Math.imul((scrambled << 7) | (scrambled >>> 25), 9) >>> 0;
  const shifted = state[1] << 9;
  state[2] ^= state[0];
  state[3] ^= state[1];
  state[1] ^= state[2];
  state[0] ^= state[3];
  state[2] ^= shifted;
  state[3] = (state[3] << 11) | (state[3] >>> 21);
  return result;
}

/**
 * A source of normally distributed numbers of mean 0 and standard deviation 1 (Box and Muller 1958). Each
 * call draws two numbers from the generator, so the n-th value depends on the seed and n only.
 *
 * @param seed Any finite number.
 */
export function normal(seed: number): () => number {
  const state = stateFrom(seed);
  return () => {
    const radius = Math.sqrt(-2 * Math.log((nextUint32(state) + 1) / 2 ** 32));
    return radius * Math.cos(2 * Math.PI * nextUint32(state) / 2 ** 32);
  };
}
