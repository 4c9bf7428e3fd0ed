import { type Bar, type Density, heightOf, type Scale, scaleOf } from "./density.js";

const SVG = "http://www.w3.org/2000/svg";
/** One unit of the width is one message. */
const HEIGHT = 100;
/** A mark at the top of a bar with failures: they are told not by colour alone. */
const MARK_HEIGHT = 14;

/** Draws a bar above each stretch of the log; what has not changed is not touched. */
export class Histogram {
  readonly element = document.createElementNS(SVG, "svg");
  readonly #bars = document.createElementNS(SVG, "g");
  readonly #position = rectangle("position");
  #drawn: { readonly bar: Bar; readonly parts: readonly SVGRectElement[]; readonly x: number }[] =
    [];

  #scale: Scale = { low: 0, high: 1 };

  constructor() {
    this.element.setAttribute("preserveAspectRatio", "none");
    this.element.setAttribute("class", "density");
    this.element.setAttribute("role", "img");
    this.element.append(this.#bars, this.#position);
  }

  /**
   * @param gone - so many messages at the beginning are not shown
   * @param at - the position of the message that is viewed
   */
  draw(density: Density, gone: number, at: number | undefined): void {
    const count = density.end - gone;
    set(this.element, "viewBox", `${gone} 0 ${Math.max(1, count)} ${HEIGHT}`);
    const { bars, size, dropped } = density;
    const scale = scaleOf(bars);
    if (scale.low !== this.#scale.low || scale.high !== this.#scale.high) {
      this.#scale = scale;
      this.#drawn = [];
      this.#bars.replaceChildren();
    }
    for (const { parts } of this.#drawn.splice(bars.length))
      for (const part of parts) part.remove();
    for (const [index, bar] of bars.entries()) {
      const x = dropped + index * size;
      const drawn = this.#drawn[index];
      if (drawn?.bar === bar && drawn.x === x) continue;
      for (const part of drawn?.parts ?? []) part.remove();
      const parts = draw(bar, x, scale);
      this.#bars.append(...parts);
      this.#drawn[index] = { bar, parts, x };
    }
    this.#position.toggleAttribute("hidden", at === undefined);
    if (at !== undefined) {
      // As wide as two pixels or so, however many messages there are.
      const width = Math.max(1, count) / 400;
      place(this.#position, gone + at - 0.5 - width / 2, 0, width, HEIGHT);
    }
  }
}

function draw(bar: Bar, x: number, scale: Scale): SVGRectElement[] {
  const height = heightOf(bar, scale) * (HEIGHT - MARK_HEIGHT - 6);
  const body = rectangle(bar.failures > 0 ? "failed" : "");
  const width = bar.count * 0.84;
  place(body, x, HEIGHT - height, width, height);
  if (bar.failures === 0) return [body];
  const mark = rectangle("failed");
  place(mark, x, 0, width, MARK_HEIGHT);
  return [body, mark];
}

function rectangle(className: string): SVGRectElement {
  const element = document.createElementNS(SVG, "rect");
  if (className) element.setAttribute("class", className);
  return element;
}

function place(element: Element, x: number, y: number, width: number, height: number): void {
  for (const [name, value] of Object.entries({ x, y, width, height })) {
    set(element, name, String(value));
  }
}

function set(element: Element, name: string, value: string): void {
  if (element.getAttribute(name) !== value) element.setAttribute(name, value);
}
