import type { CrossTabAdapter } from "@pubsub-mfe/cross-tab";
import { create } from "../dom.js";
import { Slider } from "../slider.js";
import { type FaultSettings, NO_FAULTS, type TabFaults } from "./tab-faults.js";

/** Makes the way from the other tabs to this one bad, or cuts it. */
export class FaultControls {
  readonly element: HTMLElement = create("div", { className: "faults" });
  readonly #faults: TabFaults;
  readonly #tabs: Pick<CrossTabAdapter, "reconnect">;
  readonly #state = create("output", { className: "muted" });
  readonly #draws: (() => void)[] = [];
  #problem: string | undefined;

  constructor(faults: TabFaults, tabs: Pick<CrossTabAdapter, "reconnect">) {
    this.#faults = faults;
    this.#tabs = tabs;
    const online = create("button", { type: "button" });
    const heal = create("button", { type: "button", textContent: "Let everything through" });
    online.addEventListener("click", () => void this.#turn());
    heal.addEventListener("click", () => faults.set(NO_FAULTS));
    this.element.append(
      create("p", {
        className: "muted",
        textContent:
          "Of each message on its way to this tab. That all arrive in order, and once, is the work of the packages.",
      }),
      this.#createSlider("Drop", "dropPercent", 90, 5, "%"),
      this.#createSlider("Duplicate", "duplicatePercent", 100, 5, "%"),
      this.#createSlider("Delay, up to", "delayMs", 2_000, 50, "ms"),
      create("div", { className: "actions" }, heal, online),
      this.#state,
    );
    this.#draws.push(() => {
      online.textContent = faults.isOnline ? "Go offline" : "Go online";
    });
    faults.onChange(() => this.#draw());
    this.#draw();
  }

  /** What was missed meanwhile is had again by the adapter, which has to be told that it can. */
  async #turn(): Promise<void> {
    const isOnline = !this.#faults.isOnline;
    this.#problem = undefined;
    this.#faults.setOnline(isOnline);
    if (!isOnline) return;
    try {
      await this.#tabs.reconnect();
    } catch (error) {
      this.#problem = `Other tabs are not reached. ${error instanceof Error ? error.message : error}`;
      this.#draw();
    }
  }

  #draw(): void {
    for (const draw of this.#draws) draw();
    const text = this.#describe();
    // A change is read out, also one to the same.
    if (this.#state.textContent !== text) this.#state.textContent = text;
  }

  #describe(): string {
    if (this.#problem !== undefined) return this.#problem;
    if (!this.#faults.isOnline) {
      return "✕ This tab is offline: nothing is sent or received. It has what it missed when it is online.";
    }
    const { dropPercent, duplicatePercent, delayMs } = this.#faults.settings;
    const isWell = dropPercent + duplicatePercent + delayMs === 0;
    return isWell
      ? "⇄ Everything is let through."
      : "▲ Not everything gets through as it was sent.";
  }

  #createSlider(
    name: string,
    key: keyof FaultSettings,
    max: number,
    step: number,
    unit: string,
  ): HTMLElement {
    const slider = new Slider({
      name,
      label: `${name}: messages to this tab`,
      max,
      step,
      unit,
      get: () => this.#faults.settings[key],
      set: (value) => this.#faults.set({ [key]: value }),
    });
    this.#draws.push(() => slider.draw());
    return slider.element;
  }
}
