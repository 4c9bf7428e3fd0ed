const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));
const COUNTERS = 4096;
const COUNTER_HEX = Array.from({ length: COUNTERS }, (_, n) => n.toString(16).padStart(3, "0"));

/**
 * Returns a generator of version 7 UUIDs (RFC 9562): milliseconds, a 12-bit counter (section 6.2,
 * method 1) and a random tail that is drawn once. Its ids only grow, also when the clock steps
 * back; a millisecond that ran out of counters borrows from the next.
 */
export function createIdGenerator(): (nowMs: number) => string {
  const tail = randomTail();
  let millisecond = -1;
  let counter = 0;
  let head = "";

  return (nowMs) => {
    if (nowMs >= millisecond + 1) startMillisecond(Math.floor(nowMs));
    else if (++counter === COUNTERS) startMillisecond(millisecond + 1);
    return head + COUNTER_HEX[counter] + tail;
  };

  function startMillisecond(value: number): void {
    millisecond = value;
    counter = 0;
    const hex = value.toString(16).padStart(12, "0");
    head = `${hex.slice(0, 8)}-${hex.slice(8)}-7`;
  }
}

/** `-vxxx-xxxxxxxxxxxx`, with the two bits of the variant set. */
function randomTail(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(8));
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => HEX[byte]).join("");
  return `-${hex.slice(0, 4)}-${hex.slice(4)}`;
}
