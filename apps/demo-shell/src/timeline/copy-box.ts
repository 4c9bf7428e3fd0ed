import { create } from "../dom.js";

/** Copies text; where the browser does not let it, shows the text selected, to be copied by hand. */
export class CopyBox {
  readonly element = create("div", { className: "copy-box", hidden: true });
  readonly #area = create("textarea", { className: "mono", readOnly: true, rows: 12 });
  readonly #say: (text: string) => void;

  /** @param say - says what came of it */
  constructor(name: string, say: (text: string) => void) {
    this.#say = say;
    this.#area.ariaLabel = name;
    this.#area.spellcheck = false;
    this.element.append(this.#area);
  }

  hide(): void {
    this.element.hidden = true;
  }

  async copy(text: string): Promise<void> {
    try {
      await navigator.clipboard.writeText(text);
      this.hide();
      this.#say("Copied.");
    } catch {
      this.#area.value = text;
      this.element.hidden = false;
      this.#area.focus();
      this.#area.select();
      this.#say(
        "The browser does not let it be copied by a button. It is selected: copy it by hand.",
      );
    }
  }
}
