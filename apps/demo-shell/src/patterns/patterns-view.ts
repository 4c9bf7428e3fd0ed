import { scope } from "@pubsub-mfe/core";
import { inspect } from "@pubsub-mfe/core/inspect";
import { RequestResponse } from "@pubsub-mfe/patterns/request-response";
import { createSagaManager } from "@pubsub-mfe/patterns/saga";
import type { BreakerCalls } from "../contract.js";
import { create } from "../dom.js";
import type { StepFaults } from "../faults/step-faults.js";
import { panel } from "../panel.js";
import { drawWhenSeen } from "../room/draw-when-seen.js";
import type { HostParts } from "../start-host.js";
import type { SupplierStub } from "../supplier/supplier-stub.js";
import { Ticking } from "../ticking.js";
import { BreakerBook } from "./breaker-book.js";
import { BreakerPanel } from "./breaker-panel.js";
import { CallBook } from "./call-book.js";
import { CallTable } from "./call-table.js";
import { ReadModelPanel } from "./read-model-panel.js";
import { SagaPanel } from "./saga-panel.js";
import { StepFaultControls } from "./step-fault-controls.js";
import { SupplierControls } from "./supplier-controls.js";

/** Latency at which there is time to look, in milliseconds. */
const SLOW_MS = 2_000;

/** Shows what sagas, breakers, requests and asks do; lets one break the checkout and the supplier. */
export function showPatterns(
  element: HTMLElement,
  count: HTMLElement,
  { bus, tabs, history, locks }: Pick<HostParts, "bus" | "tabs" | "history" | "locks">,
  supplier: SupplierStub,
  stepFaults: StepFaults,
): void {
  const drawSoon = drawWhenSeen(element, draw);
  const ticking = new Ticking(drawSoon);
  const breakerBook = new BreakerBook();
  const callBook = new CallBook((topic) => bus.handlerCount(topic) > 0);
  const rpc = new RequestResponse(scope(bus, "shell"));
  // It registers nothing, and so runs nothing: it looks, and tells others what the visitor wants. What
  // goes wrong is told by those who run them.
  const onDiagnostic = (): void => {};
  const sagas = new SagaPanel(createSagaManager({ streams: history.streams, locks, onDiagnostic }));
  const readModel = new ReadModelPanel({ history, locks }, drawSoon);
  const problem = create("output", { className: "bad" });
  const breakers = new BreakerPanel({
    takesOrders: (name) => bus.handlerCount(`rpc.request.breaker.${name}.reset`) > 0,
    order: async (name, order) => {
      problem.textContent = "";
      try {
        await rpc.request(`breaker.${name}.${order}`);
      } catch (error) {
        problem.textContent = error instanceof Error ? error.message : String(error);
      }
    },
    breakSupplier: () => supplier.set({ errorRate: 100 }),
  });
  const slow = create("button", { type: "button", textContent: "Slow the supplier down" });
  slow.addEventListener("click", () => supplier.set({ latencyMs: SLOW_MS }));
  const open = new CallTable(
    "Open requests and asks",
    ["Who asks whom", "Since"],
    create("p", {
      className: "muted",
      textContent:
        "Nobody waits for an answer. Slow the supplier down, and after some seconds refresh the dashboard of Analytics: its ask is here while it waits.",
    }),
    slow,
  );
  const ended = new CallTable(
    "Last requests and asks",
    ["Who asked whom", "What came of it", "After"],
    create("p", { className: "muted", textContent: "None yet. Add something to the cart." }),
  );
  const summary = create("span", { className: "muted" });
  element.append(
    create("header", {}, create("h2", { textContent: "Patterns" }), summary),
    create(
      "div",
      { className: "panels" },
      panel("Checkouts", sagas.element),
      panel("Faults of the checkout", new StepFaultControls(stepFaults).element),
      panel("Read model of the orders", readModel.element),
      panel("Circuit breakers", breakers.element, problem),
      panel("Faults of the supplier", new SupplierControls(supplier).element),
      panel("Waiting for an answer", open.element),
      panel("Last answers", ended.element),
    ),
  );

  function draw(): void {
    const now = Date.now();
    const calls = callBook.open;
    const unwell = breakerBook.breakers.filter(({ state }) => state !== "CLOSED");
    summary.textContent = `${calls.length} open`;
    void sagas.draw();
    void readModel.draw();
    breakers.draw(breakerBook, now);
    open.draw(calls, now);
    ended.draw(callBook.ended, now);
    ticking.isNeeded = calls.length > 0 || unwell.some(({ retryAt = 0 }) => retryAt > now);
  }

  // Also while the view is not seen.
  function showCount(): void {
    const unwell = breakerBook.breakers.filter(({ state }) => state !== "CLOSED").length;
    count.textContent = unwell > 0 ? "✕" : "";
    count.title = unwell > 0 ? `${unwell} of the breakers not closed` : "";
  }

  history.streams.onAppend(drawSoon);
  bus.subscribe<BreakerCalls>("breaker.calls", ({ payload }) => {
    breakerBook.addCalls(payload);
    drawSoon();
  });
  bus.subscribe("circuit.+", (message) => {
    if (!breakerBook.add(message)) return;
    showCount();
    drawSoon();
  });
  // Not by subscriptions, which hear of a request when its turn has ended: somebody who handles the
  // next one may be there by then.
  inspect(bus).watch((event) => {
    if ("message" in event && callBook.add(event.message)) drawSoon();
  });
  // Who takes orders comes and goes with its microfrontend.
  bus.onSubscriptionsChange((topic) => {
    if (topic.startsWith("rpc.request.breaker.")) drawSoon();
  });
  tabs.presence.onChange(({ type }) => {
    if (type !== "left") return;
    breakerBook.keepTabs(new Set(tabs.presence.tabs().map(({ id }) => id)));
    showCount();
    drawSoon();
  });
  drawSoon();
}
