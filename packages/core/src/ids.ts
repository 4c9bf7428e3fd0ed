const COUNTERS = 4096;

/** Makes ids, and knows them again. */
export interface IdGenerator {
  (nowMs: number): string;
  isOwn(id: string): boolean;
}

/**
 * Returns a generator of version 7 UUIDs (RFC 9562): milliseconds, a 12-bit counter (section 6.2,
 * method 1) and a random tail that is drawn once. Its ids only grow, also when the clock steps
 * back; a millisecond that ran out of counters borrows from the next.
 */
export function createIdGenerator(): IdGenerator {
  const tail = randomTail();
  /** What follows the milliseconds, by counter. */
  const ends: string[] = [];
  let millisecond = -1;
  let counter = 0;
  let head = "";

  const createId = (nowMs: number): string => {
    if (nowMs >= millisecond + 1) startMillisecond(Math.floor(nowMs));
    else if (++counter === COUNTERS) startMillisecond(millisecond + 1);
    ends[counter] ??= toHex(counter, 3) + tail;
    return head + ends[counter];
  };
  return Object.assign(createId, { isOwn: (id: string) => id.endsWith(tail) });

  function startMillisecond(value: number): void {
    millisecond = value;
    counter = 0;
    const hex = toHex(value, 12);
    head = `${hex.slice(0, 8)}-${hex.slice(8)}-7`;
  }
}

/**
 * Gives what the ids of all messages of one bus share, and those of no other one.
 *
 * @param id - that of a message; what another program made of 17 characters or less is its own
 */
export function busOf(id: string): string {
  return id.slice(-17);
}

/** `-vxxx-xxxxxxxxxxxx`, with the two bits of the variant set. */
function randomTail(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(8));
  bytes[0] = ((bytes[0] as number) & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => toHex(byte, 2)).join("");
  return `-${hex.slice(0, 4)}-${hex.slice(4)}`;
}

function toHex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, "0");
}
