import type { FramedWindow, Host } from "../contract.js";
import { create } from "../dom.js";
import { explainAddress } from "./load.js";
import type { FramedEntry } from "./manifest.js";

/** Bubbles from a frame whose document went, with its copy of the bus: nobody else tells of that. */
export const DOCUMENT_GONE = "documentgone";

/** What a page in a frame is opened with. */
export interface FramedContext {
  readonly signal: AbortSignal;
  readonly host: Host;
  onFailure(error: unknown): void;
}

/**
 * The page of a microfrontend in a frame: mounts it there each time that the page is loaded, gives it
 * the theme of the shell, and is as high as the page.
 */
export class FramedPage {
  readonly #context: FramedContext;
  readonly #place: HTMLElement;
  readonly #frame: HTMLIFrameElement;
  readonly #note: HTMLElement;
  /** What is mounted now. */
  #life: AbortController | undefined;

  /** @param place - the element to open it in */
  constructor(entry: FramedEntry, place: HTMLElement, context: FramedContext) {
    this.#context = context;
    this.#place = place;
    const src = new URL(entry.frame, document.baseURI).href;
    this.#frame = create("iframe", { className: "page", title: entry.title, src });
    this.#note = create("p", {
      className: "muted",
      textContent: `${entry.title} is taken out of the page, and its copy of the bus with it.`,
    });
    this.#frame.addEventListener("load", () => void this.#mount());
    const themes = new MutationObserver(() => this.#giveTheme());
    themes.observe(document.documentElement, { attributeFilter: ["data-theme"] });
    context.signal.addEventListener("abort", () => {
      themes.disconnect();
      this.#life?.abort();
    });
    place.setAttribute("aria-busy", "true");
    place.append(this.#frame);
  }

  get isDetached(): boolean {
    return this.#frame.parentNode === null;
  }

  /** Loads the page anew. The microfrontend is not told: its document goes, as when a visitor reloads. */
  reload(): void {
    if (this.isDetached) this.attach();
    else this.#frame.contentWindow?.location.reload();
  }

  /** Takes the frame out of the page; the microfrontend is not told of that either. */
  detach(): void {
    this.#frame.replaceWith(this.#note);
    this.#place.dispatchEvent(new Event(DOCUMENT_GONE, { bubbles: true }));
  }

  /** Puts the frame in again: it begins anew. */
  attach(): void {
    this.#place.setAttribute("aria-busy", "true");
    this.#note.replaceWith(this.#frame);
  }

  async #mount(): Promise<void> {
    const { signal, host, onFailure } = this.#context;
    if (signal.aborted) return;
    this.#place.dispatchEvent(new Event(DOCUMENT_GONE, { bubbles: true }));
    // The life of the document before is over without a word: what it left is dropped with it.
    const life = new AbortController();
    this.#life = life;
    try {
      const { contentDocument, contentWindow } = this.#frame;
      const { microfrontend } = (contentWindow ?? {}) as Partial<FramedWindow>;
      if (!contentDocument || typeof microfrontend?.mount !== "function") {
        const reason = await explainAddress(new URL(this.#frame.src));
        throw new Error(reason ?? "Its page offers no microfrontend to mount.");
      }
      this.#giveTheme();
      this.#followHeight(contentWindow as Window & typeof globalThis);
      await microfrontend.mount(contentDocument.body, { signal: life.signal, host });
    } catch (error) {
      if (!signal.aborted && this.#life === life) onFailure(error);
    } finally {
      if (this.#life === life) this.#place.removeAttribute("aria-busy");
    }
  }

  #giveTheme(): void {
    const root = this.#frame.contentDocument?.documentElement;
    const { theme } = document.documentElement.dataset;
    if (!root) return;
    if (theme === undefined) delete root.dataset.theme;
    else root.dataset.theme = theme;
  }

  /** By an observer of the frame's own, which ends with its document. */
  #followHeight({ ResizeObserver, document }: Window & typeof globalThis): void {
    new ResizeObserver(() => {
      this.#frame.style.height = `${document.documentElement.offsetHeight}px`;
    }).observe(document.documentElement);
  }
}
