import type { PresentTab, PubSubBus } from "@pubsub-mfe/core";
import type { CrossTabAdapter } from "@pubsub-mfe/cross-tab";
import { RequestResponse } from "@pubsub-mfe/patterns/request-response";
import { create } from "../dom.js";
import { tabName } from "./tab-name.js";

/** Handled by the tab that leads: it hands that on. */
const RESIGN = "tabs.resign";

/** How long a leader has to answer, in milliseconds. */
const TIMEOUT_MS = 3_000;

/** What it works with. */
export interface LeadContext {
  readonly tabs: Pick<CrossTabAdapter, "lead" | "resign">;
  readonly bus: PubSubBus;
  /** Called when a turn of this tab begins or ends. */
  onChange(): void;
  /** Called with what is to be told of a leader that was asked. */
  onAnswer(text: string): void;
}

/** Says who leads, and has that tab hand it on, be it this one or another. */
export class LeadLine {
  readonly element: HTMLElement;
  readonly #context: LeadContext;
  readonly #rpc: RequestResponse;
  readonly #text = create("output");
  readonly #handOn = create("button", { type: "button" });
  /** The number of this tab's turn; `undefined` while it does not lead. */
  #turn: number | undefined;
  #leader: PresentTab | undefined;
  #problem: string | undefined;

  constructor(context: LeadContext) {
    this.#context = context;
    this.#rpc = new RequestResponse(context.bus);
    this.element = create("div", { className: "lead" }, this.#text, this.#handOn);
    this.#handOn.addEventListener("click", () => {
      if (this.#turn !== undefined) context.tabs.resign();
      else if (this.#leader) void this.#ask(tabName(this.#leader.id));
    });
    const lead = context.tabs.lead(({ epoch, signal }) => {
      this.#turn = epoch;
      const stop = this.#rpc.handle(RESIGN, () => context.tabs.resign());
      context.onChange();
      return new Promise<void>((resolve) => {
        signal.addEventListener("abort", () => {
          this.#turn = undefined;
          stop();
          context.onChange();
          resolve();
        });
      });
    });
    lead.catch((error) => {
      this.#problem = `No tab can lead here. ${describe(error)}`;
      context.onChange();
    });
  }

  draw(tabs: readonly PresentTab[]): void {
    this.#leader = tabs.find((tab) => tab.leader);
    const text = this.#describe();
    // A change is read out, also one to the same.
    if (this.#text.textContent !== text) this.#text.textContent = text;
    const isThis = this.#turn !== undefined || !this.#leader;
    this.#handOn.textContent = isThis
      ? "Hand the lead on"
      : `Have tab ${tabName(this.#leader?.id ?? "")} hand the lead on`;
    // Not disabled: it would lose the focus with the lead.
    const isIdle = this.#turn === undefined && !this.#leader;
    this.#handOn.setAttribute("aria-disabled", String(isIdle));
  }

  async #ask(name: string): Promise<void> {
    try {
      await this.#rpc.request(RESIGN, {}, { scope: "tabs", timeout: TIMEOUT_MS });
      this.#context.onAnswer(`Tab ${name} was asked to hand the lead on.`);
    } catch (error) {
      this.#context.onAnswer(`✕ Tab ${name} did not hand the lead on. ${describe(error)}`);
    }
  }

  #describe(): string {
    if (this.#problem !== undefined) return this.#problem;
    if (this.#turn !== undefined) return `★ This tab leads. It is turn ${this.#turn}.`;
    return this.#leader ? `★ Tab ${tabName(this.#leader.id)} leads.` : "No tab leads yet.";
  }
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
