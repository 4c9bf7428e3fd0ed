import type { Message } from "@pubsub-mfe/core";
import { isName, MAX_MESSAGES, WIRE_VERSION } from "../wire.js";

/** A tab that is new asks for what others have retained. */
export interface RecallEnvelope {
  readonly v: typeof WIRE_VERSION;
  readonly kind: "recall";
  /** Names the question, and who asks. */
  readonly asker: string;
  /** Whether everybody is asked; otherwise the leader alone answers. */
  readonly anyone: boolean;
}

/** A part of the answer. */
export interface RecalledEnvelope {
  readonly v: typeof WIRE_VERSION;
  readonly kind: "recalled";
  readonly asker: string;
  /** As handlers got them, oldest first. */
  readonly messages: readonly Message[];
  /** How many there were in all, in the last part. */
  readonly total?: number;
}

/** What tabs say to each other for the sake of those that are new. */
export type RetainedEnvelope = RecallEnvelope | RecalledEnvelope;

/** @returns `undefined` for what is something else, or is malformed and then refused as that */
export function readRetained(data: unknown): RetainedEnvelope | undefined {
  const { v, kind, asker, anyone, messages, total } = (data ?? {}) as Record<string, unknown>;
  if (v !== WIRE_VERSION || !isName(asker)) return undefined;
  if (kind === "recall") return { v, kind, asker, anyone: anyone === true };
  if (kind !== "recalled" || !Array.isArray(messages) || messages.length > MAX_MESSAGES) {
    return undefined;
  }
  return { v, kind, asker, messages, ...(Number.isInteger(total) && { total: total as number }) };
}
