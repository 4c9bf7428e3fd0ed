/** Numbers from 0 up to 1, the same for the same seed: xorshift with 32 bits, by George Marsaglia. */
export function randomOf(seed: number): () => number {
  // Neighbouring seeds begin far apart, and none at 0, where it would stay.
  let state = Math.imul(seed, 0x9e3779b1) || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

/** One of several, by chance. */
export function pick<T>(random: () => number, values: readonly T[]): T {
  return values[Math.floor(random() * values.length)] as T;
}
