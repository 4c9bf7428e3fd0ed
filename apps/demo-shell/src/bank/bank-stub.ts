import type { Bank } from "../contract.js";
import { settings } from "../settings.js";
import { wait } from "../wait.js";
import { BankBooks, type BankEntry } from "./bank-books.js";
import { BANK_FAULT_KEY, type BankFault, readBankFault } from "./bank-faults.js";

/** How long it takes to answer, in milliseconds, give or take a fifth. */
const LATENCY_MS: Readonly<Record<BankFault, number>> = {
  accepts: 300,
  declines: 300,
  slow: 2_000,
  hangs: Number.POSITIVE_INFINITY,
};

/** On which the tabs tell each other that something was written. */
const CHANNEL = "switchyard-bank";

/** The bank does not pay: to ask it again is of no use. */
class PaymentDeclinedError extends Error {
  override readonly name = "PaymentDeclinedError";
  readonly retryable = false;
}

/** Stands in for a bank: one for all tabs, as slow as a real one, and as the visitor has it. */
export class BankStub implements Bank {
  readonly #books = new BankBooks();
  /** `undefined` where the browser has none: other tabs hear of it when they look. */
  readonly #channel = globalThis.BroadcastChannel && new BroadcastChannel(CHANNEL);
  readonly #listeners = new Set<() => void>();

  constructor() {
    this.#channel?.addEventListener("message", () => this.#tell());
    addEventListener("storage", ({ key }) => {
      if (key === BANK_FAULT_KEY) this.#tell();
    });
  }

  get fault(): BankFault {
    return readBankFault();
  }

  /** Changes how it answers, in all tabs, for what it is asked from now on. */
  set fault(fault: BankFault) {
    settings.set(BANK_FAULT_KEY, fault);
    this.#tell();
  }

  /** Calls the listener when how it answers, or what it knows, changed: here or in another tab. */
  onChange(listener: () => void): void {
    this.#listeners.add(listener);
  }

  ledger(): Promise<BankEntry[]> {
    return this.#books.list();
  }

  async charge(
    idempotencyKey: string,
    cents: number,
    { signal }: { readonly signal: AbortSignal },
  ): Promise<string> {
    const { fault } = this;
    await this.#write(idempotencyKey, (entry) => ({
      ...entry,
      cents,
      requests: entry.requests + 1,
    }));
    await wait(LATENCY_MS[fault] * (0.8 + 0.4 * Math.random()), signal);
    const { state } = await this.#write(idempotencyKey, (entry) => {
      if (entry.state !== "asked" && entry.state !== "declined") return entry;
      if (fault === "declines") return { ...entry, state: "declined" };
      return { ...entry, state: "charged", charges: entry.charges + 1 };
    });
    if (state === "charged") return `receipt of ${idempotencyKey}`;
    if (state === "declined") throw new PaymentDeclinedError("The bank declined.");
    throw new PaymentDeclinedError("The bank has given this payment back: it takes it no more.");
  }

  async refund(
    idempotencyKey: string,
    { signal }: { readonly signal: AbortSignal },
  ): Promise<void> {
    await wait(LATENCY_MS.accepts * (0.8 + 0.4 * Math.random()), signal);
    await this.#write(idempotencyKey, (entry) => {
      if (entry.state === "charged") return { ...entry, state: "refunded" };
      // One that was declined may be asked for again: it is not to be charged then.
      const isOpen = entry.state === "asked" || entry.state === "declined";
      return isOpen ? { ...entry, state: "void" } : entry;
    });
  }

  async #write(key: string, change: (entry: BankEntry) => BankEntry): Promise<BankEntry> {
    const entry = await this.#books.change(key, change);
    this.#channel?.postMessage("written");
    this.#tell();
    return entry;
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}
