import { create } from "../dom.js";
import { Slider } from "../slider.js";
import type { SupplierFaults, SupplierStub } from "../supplier/supplier-stub.js";

/** Has the supplier fail, and take its time. */
export class SupplierControls {
  readonly element: HTMLElement = create("div", { className: "faults" });
  readonly #supplier: SupplierStub;
  readonly #draws: (() => void)[] = [];

  constructor(supplier: SupplierStub) {
    this.#supplier = supplier;
    const heal = create("button", { type: "button", textContent: "Have it well again" });
    heal.addEventListener("click", () => supplier.heal());
    this.element.append(
      create("p", {
        className: "muted",
        textContent: "One supplier for all tabs. It holds for calls that begin from now on.",
      }),
      this.#createSlider("Error rate", "errorRate", 100, 5, "%"),
      this.#createSlider("Latency", "latencyMs", 3_000, 100, "ms"),
      heal,
    );
    supplier.onChange(() => this.draw());
    this.draw();
  }

  draw(): void {
    for (const draw of this.#draws) draw();
  }

  #createSlider(
    name: string,
    key: keyof SupplierFaults,
    max: number,
    step: number,
    unit: string,
  ): HTMLElement {
    const slider = new Slider({
      name,
      label: `${name} of the supplier`,
      max,
      step,
      unit,
      get: () => this.#supplier.faults[key],
      set: (value) => this.#supplier.set({ [key]: value }),
    });
    this.#draws.push(() => slider.draw());
    return slider.element;
  }
}
