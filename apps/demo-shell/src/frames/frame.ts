import type { Host } from "../contract.js";
import { create } from "../dom.js";
import { loadMicrofrontend } from "./load.js";
import type { ManifestEntry } from "./manifest.js";

/**
 * Creates the frame of a microfrontend: mounts it at once, unmounts and mounts again by a button,
 * and shows what went wrong, while the rest of the page goes on.
 */
export function createFrame(entry: ManifestEntry, host: Host): HTMLElement {
  const body = create("div", { className: "body" });
  const toggle = create("button", { type: "button" });
  const glyph = create("span", { className: "glyph", textContent: entry.glyph });
  glyph.setAttribute("aria-hidden", "true");
  const frame = create(
    "article",
    { className: "frame" },
    create(
      "header",
      {},
      glyph,
      create("h2", { textContent: entry.title }),
      create("span", { className: "framework muted", textContent: entry.framework }),
      create("span", { className: "subscriptions muted", title: "Subscriptions to the bus" }),
      toggle,
    ),
    body,
  );
  frame.dataset.mfe = entry.name;
  frame.setAttribute("aria-label", entry.title);

  let mounted: AbortController | undefined;
  let attempts = 0;

  const unmount = (): void => {
    mounted?.abort();
    mounted = undefined;
    toggle.textContent = "Mount";
    const note = create("p", { className: "muted", textContent: `${entry.title} is unmounted.` });
    body.replaceChildren(note);
  };

  const mount = async (): Promise<void> => {
    const life = new AbortController();
    mounted = life;
    toggle.textContent = "Unmount";
    const element = create("div");
    body.replaceChildren(element);
    element.setAttribute("aria-busy", "true");
    try {
      const microfrontend = await loadMicrofrontend(entry, attempts++);
      if (!life.signal.aborted) await microfrontend.mount(element, { signal: life.signal, host });
    } catch (error) {
      if (life.signal.aborted) return;
      life.abort();
      mounted = undefined;
      showFailure(error);
    } finally {
      element.removeAttribute("aria-busy");
    }
  };

  const showFailure = (error: unknown): void => {
    toggle.textContent = "Retry";
    const reason = error instanceof Error ? error.message : String(error);
    body.replaceChildren(
      create(
        "div",
        { className: "failure", role: "alert" },
        create("p", {}, create("strong", { textContent: `${entry.title} could not be loaded.` })),
        create("p", { textContent: reason }),
        create("p", { className: "mono", textContent: entry.script }),
        create("p", { className: "muted", textContent: "The rest of the page goes on." }),
      ),
    );
  };

  toggle.addEventListener("click", () => {
    if (mounted) unmount();
    else void mount();
  });
  void mount();
  return frame;
}
