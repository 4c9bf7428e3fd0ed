import type { DBSchema, IDBPDatabase } from "idb";

/** A message that is to be stored. */
export interface NewRow {
  readonly ns: string;
  readonly id: string;
  readonly topic: string;
  readonly ts: number;
  readonly payload: unknown;
  readonly schemaVersion?: string;
  readonly meta?: Readonly<Record<string, unknown>>;
}

/** One stored message. */
export interface Row extends NewRow {
  /** Given by the database: grows in the order of the commits, over all tabs. */
  readonly position: number;
}

/** One stored event of a stream. */
export interface EventRow {
  readonly ns: string;
  /** Grows in the order of the commits, over all streams of the namespace and all tabs. */
  readonly position: number;
  readonly stream: string;
  readonly version: number;
  readonly id: string;
  readonly time: number;
  readonly type: string;
  readonly payload: unknown;
  readonly meta?: Readonly<Record<string, unknown>> | undefined;
}

/** The layout of the database. */
export interface LogSchema extends DBSchema {
  /**
   * Facts about the database; `"id"`: random, so that positions of a deleted one are known as such;
   * `"end"`: the position of the last message when it was removed with all others.
   */
  meta: { key: string; value: string };
  messages: {
    key: number;
    value: Row;
    indexes: {
      topic: [ns: string, topic: string, position: number];
      id: [ns: string, id: string];
    };
  };
  /** The topics of the stored messages, so that a pattern is matched without reading these. */
  topics: {
    key: [ns: string, topic: string];
    value: { readonly ns: string; readonly topic: string };
  };
  events: {
    key: [ns: string, position: number];
    value: EventRow;
    indexes: { stream: [ns: string, stream: string, version: number] };
  };
  /** The last position that was given in each namespace, also when its event is gone. */
  heads: {
    key: string;
    value: { readonly ns: string; readonly position: number };
  };
  /** What a command appended, so that it is not done twice. */
  commands: {
    key: [ns: string, stream: string, commandId: string];
    value: {
      readonly ns: string;
      readonly stream: string;
      readonly commandId: string;
      readonly version: number;
      readonly position: number;
    };
  };
  /** The highest epoch that was seen of each fence. */
  fences: {
    key: [ns: string, name: string];
    value: { readonly ns: string; readonly name: string; readonly epoch: number };
  };
  /** Events that are committed and not yet published. */
  outbox: {
    key: [ns: string, position: number];
    value: { readonly ns: string; readonly position: number };
  };
  snapshots: {
    key: [ns: string, stream: string, name: string, version: number];
    value: {
      readonly ns: string;
      readonly stream: string;
      readonly name: string;
      readonly version: number;
      readonly state: unknown;
    };
  };
  /** The rows of projections. */
  rows: {
    key: [ns: string, projection: string, version: number, id: string];
    value: {
      readonly ns: string;
      readonly projection: string;
      readonly version: number;
      readonly id: string;
      readonly row: unknown;
    };
  };
  checkpoints: {
    key: [ns: string, projection: string, version: number];
    value: {
      readonly ns: string;
      readonly projection: string;
      readonly version: number;
      readonly position: number;
    };
  };
}

export type LogDatabase = IDBPDatabase<LogSchema>;

/** Everything of one namespace in a store or index whose keys begin with it. */
export function namespaceRange(ns: string): IDBKeyRange {
  return keysBelow(ns);
}

/** All keys that begin so and go on. */
export function keysBelow(...beginning: readonly (string | number)[]): IDBKeyRange {
  // An array is greater than any string or number.
  return IDBKeyRange.bound(beginning, [...beginning, []]);
}
