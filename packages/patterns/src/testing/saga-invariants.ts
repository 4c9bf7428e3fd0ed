import { expect } from "vitest";
import type { Entry } from "../saga/entries.js";
import { actionKey, compensationKey } from "../saga/keys.js";
import type { Origin } from "./sagas.js";

/** What must hold of every saga once it has ended, whatever became of the tabs that ran it. */
export async function checkSagas(origin: Origin): Promise<void> {
  const journals = new Map<string, Entry[]>();
  for (const { stream, type, payload } of await origin.entries()) {
    expect(type).toBe(`saga.journal.${payload.type}`);
    journals.set(stream, [...(journals.get(stream) ?? []), payload]);
  }
  const allowed = new Set<string>();
  for (const entries of journals.values()) {
    for (const key of checkJournal(entries, origin)) allowed.add(key);
  }
  // No step was requested under a key that is not its own.
  expect([...origin.server.requests.keys()].filter((key) => !allowed.has(key))).toEqual([]);
}

/** @returns the keys under which its steps may have asked */
function checkJournal(entries: readonly Entry[], { server }: Origin): string[] {
  const [begun] = entries;
  if (begun?.type !== "begun") throw new Error("A journal begins with something else.");
  const { name, id, steps } = begun;
  const ends = entries.filter(({ type }) => type === "ended");
  expect(ends).toHaveLength(1);
  expect(entries.at(-1)).toBe(ends[0]);
  const status = ends[0]?.type === "ended" && ends[0].status;
  const requests = (key: string): number => server.requests.get(key) ?? 0;
  const indexes = (type: Entry["type"]): Set<unknown> =>
    new Set(
      entries.filter((entry) => entry.type === type).map((entry) => "step" in entry && entry.step),
    );

  const [started, done, undone] = [
    indexes("step.started"),
    indexes("step.done"),
    indexes("compensation.done"),
  ];
  for (const [n, step] of steps.entries()) {
    const [did, undid] = [
      requests(actionKey(name, id, step)),
      requests(compensationKey(name, id, step)),
    ];
    // It is written before it is done, and what is written as done was done.
    if (did > 0) expect(started).toContain(n);
    if (done.has(n)) expect(did).toBeGreaterThan(0);
    if (undone.has(n)) expect(undid).toBeGreaterThan(0);
    if (status === "completed") expect([done.has(n), undid]).toEqual([true, 0]);
    // One that was begun, and is unsure, may be undone as well.
    if (status === "failed" && done.has(n)) expect(undone).toContain(n);
  }
  return steps.flatMap((step) => [actionKey(name, id, step), compensationKey(name, id, step)]);
}
