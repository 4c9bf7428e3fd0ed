import { isBusError } from "@pubsub-mfe/core";
import type { Host } from "../contract.js";
import { create } from "../dom.js";
import { FramedPage } from "./framed-page.js";
import { loadMicrofrontend } from "./load.js";
import type { ManifestEntry } from "./manifest.js";

/**
 * Creates the frame of a microfrontend: mounts it at once, unmounts and mounts again by a button,
 * and shows what went wrong, while the rest of the page goes on.
 */
export function createFrame(entry: ManifestEntry, host: Host): HTMLElement {
  const body = create("div", { className: "body" });
  const toggle = create("button", { type: "button" });
  const reload = create("button", { type: "button", textContent: "Reload" });
  const detach = create("button", { type: "button" });
  const glyph = create("span", { className: "glyph", textContent: entry.glyph });
  glyph.setAttribute("aria-hidden", "true");
  const version = create("span", {
    className: "version",
    title: "The version of its copy of the bus, which is set at build time, for show",
  });
  const frame = create(
    "article",
    { className: "frame" },
    create(
      "header",
      {},
      glyph,
      create("h2", { textContent: entry.title }),
      create("span", { className: "framework muted" }, entry.framework, version),
      create("span", { className: "subscriptions muted", title: "Subscriptions to the bus" }),
      ...("frame" in entry ? [reload, detach] : []),
      toggle,
    ),
    body,
  );
  frame.dataset.mfe = entry.name;
  frame.setAttribute("aria-label", entry.title);

  let mounted: AbortController | undefined;
  let page: FramedPage | undefined;
  let failures = 0;

  const drawButtons = (text: string): void => {
    toggle.textContent = text;
    detach.textContent = page?.isDetached ? "Attach" : "Detach";
    // Not disabled: they would lose the focus.
    for (const button of [reload, detach]) button.setAttribute("aria-disabled", String(!page));
  };

  const end = (): void => {
    mounted?.abort();
    mounted = undefined;
    page = undefined;
  };

  const unmount = (): void => {
    end();
    drawButtons("Mount");
    const note = create("p", { className: "muted", textContent: `${entry.title} is unmounted.` });
    body.replaceChildren(note);
  };

  const mount = async (): Promise<void> => {
    const life = new AbortController();
    const { signal } = life;
    mounted = life;
    const element = create("div");
    body.replaceChildren(element);
    const onFailure = (error: unknown): void => {
      if (!signal.aborted) fail(error);
    };
    if ("frame" in entry) page = new FramedPage(entry, element, { signal, host, onFailure });
    drawButtons("Unmount");
    if (!("script" in entry)) return;
    element.setAttribute("aria-busy", "true");
    try {
      const microfrontend = await loadMicrofrontend(entry, failures);
      if (!signal.aborted) await microfrontend.mount(element, { signal, host });
    } catch (error) {
      onFailure(error);
    } finally {
      element.removeAttribute("aria-busy");
    }
  };

  const fail = (error: unknown): void => {
    end();
    failures += 1;
    drawButtons("Retry");
    const reason = error instanceof Error ? error.message : String(error);
    const isRefused = isBusError(error, "INCOMPATIBLE_COPY");
    const what = isRefused ? "was refused by the bus of this page" : "could not be loaded";
    const address = "frame" in entry ? entry.frame : entry.script;
    body.replaceChildren(
      create(
        "div",
        { className: "failure", role: "alert" },
        create("p", {}, create("strong", { textContent: `${entry.title} ${what}.` })),
        create("p", { textContent: reason }),
        create("p", { className: "mono", textContent: address }),
        create("p", { className: "muted", textContent: "The rest of the page goes on." }),
      ),
    );
  };

  toggle.addEventListener("click", () => {
    if (mounted) unmount();
    else void mount();
  });
  reload.addEventListener("click", () => {
    page?.reload();
    if (mounted) drawButtons("Unmount");
  });
  detach.addEventListener("click", () => {
    if (page?.isDetached) page.attach();
    else page?.detach();
    if (mounted) drawButtons("Unmount");
  });
  void mount();
  return frame;
}
