import { create } from "../dom.js";
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
    const slider = create("input", { type: "range", min: "0", max: `${max}`, step: `${step}` });
    const value = create("span", { className: "mono" });
    slider.addEventListener("input", () => this.#supplier.set({ [key]: slider.valueAsNumber }));
    this.#draws.push(() => {
      slider.value = String(this.#supplier.faults[key]);
      value.textContent = `${slider.value} ${unit}`;
      slider.setAttribute("aria-valuetext", value.textContent);
    });
    slider.setAttribute("aria-label", `${name} of the supplier`);
    return create("label", {}, create("span", { textContent: name }), slider, value);
  }
}
