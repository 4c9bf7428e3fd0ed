/** @jsxImportSource preact */
import type { JSX, Ref } from "preact";
import { type CheckoutState, mayBeCancelled, type StepLine, tellSteps } from "./checkout-state.js";

const GLYPHS: Readonly<Record<StepLine["state"], string>> = {
  pending: "·",
  running: "◐",
  done: "✓",
  failed: "✕",
  undoing: "↶",
  undone: "↶",
};

const CHIPS: Readonly<Record<CheckoutState["status"], readonly [text: string, look: string]>> = {
  running: ["◐ Checking out", "uneasy"],
  waiting: ["◷ Waiting for another version", "uneasy"],
  compensating: ["↶ Rolling back", "failing"],
  completed: ["✓ Paid", "ok"],
  failed: ["↶ Rolled back", "failing"],
  stuck: ["✕ Stuck", "failing"],
};

/** What is safe, and what to do, for each way in which a checkout can stand. */
function advise({ status, isUndoing }: { status: CheckoutState["status"]; isUndoing: boolean }) {
  switch (status) {
    case "failed":
      return "Nothing was bought, and the cart is as it was. Pay tries again.";
    case "stuck":
      return isUndoing
        ? "Not all could be undone. Retry once the reason is gone; nothing else is touched."
        : "It is paid, and goes on from here. Retry once the reason is gone.";
    case "waiting":
      return "A tab with its version of the shop goes on with it. Reload this one.";
    default:
      return "";
  }
}

interface CheckoutProps {
  readonly checkout: CheckoutState;
  readonly panel: Ref<HTMLElement>;
  readonly onCancel: (id: string) => void;
  readonly onRetry: (id: string) => void;
}

/** Shows how far a checkout is, whichever tab runs it. */
export function CheckoutPanel({ checkout, panel, onCancel, onRetry }: CheckoutProps): JSX.Element {
  const { id, status, steps } = checkout;
  const [text, look] = CHIPS[status];
  const isUndoing = steps.some((step) => step.status === "compensation-failed");
  const advice = advise({ status, isUndoing });
  return (
    <section class="checkout" aria-label="Checkout" tabIndex={-1} ref={panel}>
      <ol aria-label="Steps">
        {tellSteps(checkout).map(({ key, state, title, note }) => (
          <li key={key} data-state={state}>
            <span class="step-glyph" aria-hidden="true">
              {GLYPHS[state]}
            </span>
            <span>{title}</span>
            <span class="step-note">{note}</span>
          </li>
        ))}
      </ol>
      <p class="checkout-foot">
        <output class={`chip ${look}`}>{text}</output>
        <span class="mono muted">{id}</span>
        <span class="gap" />
        {mayBeCancelled(checkout) && (
          <button type="button" onClick={() => onCancel(id)}>
            Cancel
          </button>
        )}
        {status === "stuck" && (
          <button type="button" onClick={() => onRetry(id)}>
            Retry
          </button>
        )}
      </p>
      {advice && <p class="muted">{advice}</p>}
    </section>
  );
}
