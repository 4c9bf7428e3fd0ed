import { CHECKOUT_STEPS } from "../checkout-steps.js";
import { create } from "../dom.js";
import { STEP_FAULTS, type StepFault, type StepFaults } from "../faults/step-faults.js";

/** Has steps of the checkout fail, each in its own way. */
export class StepFaultControls {
  readonly element: HTMLElement = create("div", { className: "step-faults" });

  constructor(faults: StepFaults) {
    const draws: (() => void)[] = [];
    this.element.append(
      create("p", {
        className: "muted",
        textContent: "The same in all tabs. They hold for steps that begin from now on.",
      }),
    );
    for (const { name, title, lane, undo } of CHECKOUT_STEPS) {
      const select = create("select");
      for (const [fault, text] of Object.entries(STEP_FAULTS)) {
        if (fault === "compensation-fails" && undo === undefined) continue;
        select.append(create("option", { value: fault, textContent: text }));
      }
      select.addEventListener("change", () => faults.set(name, select.value as StepFault));
      draws.push(() => {
        select.value = faults.get(name);
      });
      const text = create("span", { textContent: title });
      text.dataset.source = lane;
      this.element.append(create("label", {}, text, select));
    }
    const heal = create("button", { type: "button", textContent: "No faults" });
    heal.addEventListener("click", () => {
      for (const { name } of CHECKOUT_STEPS) faults.set(name, "none");
    });
    this.element.append(heal);
    const draw = (): void => {
      for (const each of draws) each();
    };
    faults.onChange(draw);
    draw();
  }
}
