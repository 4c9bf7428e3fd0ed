import { create } from "./dom.js";

/** Where the value of a slider comes from, and goes to. */
interface SliderParts {
  readonly name: string;
  /** What it is called where its name alone says too little. */
  readonly label: string;
  readonly max: number;
  readonly step: number;
  readonly unit: string;
  readonly get: () => number;
  readonly set: (value: number) => void;
}

/** A slider from 0 on, with its value beside it. */
export class Slider {
  readonly element: HTMLElement;
  readonly #parts: SliderParts;
  readonly #input: HTMLInputElement;
  readonly #value = create("span", { className: "mono" });

  constructor(parts: SliderParts) {
    const { name, label, max, step, set } = parts;
    this.#parts = parts;
    const input = create("input", { type: "range", min: "0", max: `${max}`, step: `${step}` });
    this.#input = input;
    input.setAttribute("aria-label", label);
    input.addEventListener("input", () => set(input.valueAsNumber));
    this.element = create("label", {}, create("span", { textContent: name }), input, this.#value);
  }

  draw(): void {
    this.#input.value = String(this.#parts.get());
    this.#value.textContent = `${this.#input.value} ${this.#parts.unit}`;
    this.#input.setAttribute("aria-valuetext", this.#value.textContent);
  }
}
