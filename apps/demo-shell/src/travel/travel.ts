import { setViewParameters, viewParameters } from "../room/views.js";
import type { LoggedMessages } from "./logged-messages.js";

/** The view that shows the past. */
const VIEW = "travel";
const PARAMETER = "at";

/** The address follows a drag once it rests: browsers allow so many changes of it, and no more. */
const SETTLE_MS = 150;

/**
 * Where in the log the visitor is: live, or at a message of the past. The address of the view tells
 * it as well, so that it can be linked; whoever turns to another view is live again.
 */
export class Travel {
  readonly #messages: LoggedMessages;
  readonly #listeners = new Set<() => void>();
  /** The message that is viewed: one that the log drops does not become another one. */
  #viewed: number | undefined;
  #leftAt = 0;
  #problem = "";
  #isOpening = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(messages: LoggedMessages) {
    this.#messages = messages;
    messages.onMessage(() => this.#tell());
    const read = (): void => {
      this.#tell();
      this.#followAddress();
      addEventListener("hashchange", () => this.#followAddress());
    };
    void messages.isRead.then(read);
    // Before a link is followed: it may be the one that is the address still, and a change of the
    // address on the way would have it lost.
    addEventListener("click", () => this.#timer && this.#settle(), { capture: true });
  }

  /** The position of the message that is viewed; `undefined`: live. */
  get at(): number | undefined {
    if (this.#viewed === undefined) return undefined;
    return Math.max(1, this.#viewed - this.#messages.gone);
  }

  /** How many messages there have been since the visitor left the present. */
  get newSince(): number {
    return this.#messages.end - this.#leftAt;
  }

  /** What was wrong with the address. */
  get problem(): string {
    return this.#problem;
  }

  /** Calls the listener after each change, also of the log: draw in the next frame. */
  onChange(listener: () => void): void {
    this.#listeners.add(listener);
  }

  /** Goes to a position, in the view that shows it. */
  goTo(position: number): void {
    this.#view(position);
    clearTimeout(this.#timer);
    if (isShown()) this.#timer = setTimeout(() => this.#settle(), SETTLE_MS);
    else {
      this.#isOpening = true;
      location.hash = addressOf(position);
    }
  }

  /** One message further; from the present to the message before the newest. */
  step(by: -1 | 1): void {
    if (this.canStep(by)) this.goTo((this.at ?? this.#messages.count) + by);
  }

  canStep(by: -1 | 1): boolean {
    const { count } = this.#messages;
    const position = (this.at ?? count) + by;
    return position >= 1 && position <= count;
  }

  goLive(): void {
    this.#viewed = undefined;
    this.#problem = "";
    this.#settle();
    this.#tell();
  }

  #view(position: number): void {
    this.#leftAt = this.#viewed === undefined ? this.#messages.end : this.#leftAt;
    this.#viewed = this.#messages.gone + position;
    this.#problem = "";
    this.#tell();
  }

  #settle(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#writeAddress();
  }

  #writeAddress(): void {
    const at = this.at;
    setViewParameters(VIEW, new URLSearchParams(at === undefined ? {} : { [PARAMETER]: `${at}` }));
  }

  #followAddress(): void {
    // Of the address that opened the view: the visitor may have dragged on meanwhile.
    if (this.#isOpening) {
      this.#isOpening = false;
      this.#writeAddress();
      return;
    }
    const wanted = viewParameters(VIEW).get(PARAMETER);
    const position = Number(wanted);
    const { count } = this.#messages;
    if (Number.isInteger(position) && position >= 1 && position <= count) this.#view(position);
    else {
      this.goLive();
      if (wanted !== null) {
        this.#problem = `The log has no message ${wanted}: it has ${count}.`;
        this.#tell();
      }
    }
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}

/** The address of the state at a message. */
export function addressOf(position: number): string {
  return `#${VIEW}?${PARAMETER}=${position}`;
}

function isShown(): boolean {
  return location.hash.slice(1).split("?")[0] === VIEW;
}
