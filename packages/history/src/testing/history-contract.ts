import { closingContract } from "./contract/closing.js";
import { collectingContract } from "./contract/collecting.js";
import { connectingContract } from "./contract/connecting.js";
import { duplicatesContract } from "./contract/duplicates.js";
import { followingContract } from "./contract/following.js";
import { handingOverContract } from "./contract/handing-over.js";
import { interleavingContract } from "./contract/interleaving.js";
import { layoutsContract } from "./contract/layouts.js";
import { queryingContract } from "./contract/querying.js";
import { readingContract } from "./contract/reading.js";
import { recordsContract } from "./contract/records.js";
import { storingContract } from "./contract/storing.js";
import { troubleContract } from "./contract/trouble.js";

/** What a log promises, whatever IndexedDB it is on. */
export function historyContract(): void {
  storingContract();
  duplicatesContract();
  readingContract();
  queryingContract();
  followingContract();
  handingOverContract();
  interleavingContract();
  collectingContract();
  connectingContract();
  layoutsContract();
  closingContract();
  troubleContract();
  recordsContract();
}
