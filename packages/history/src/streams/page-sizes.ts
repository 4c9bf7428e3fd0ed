const SMALLEST = 32;
const LARGEST = 256;

/** How many are read at once: few first, for who wants few; more, for who goes on. */
export function* pageSizes(): Generator<number, never> {
  for (let size = SMALLEST; ; size = Math.min(2 * size, LARGEST)) yield size;
}
