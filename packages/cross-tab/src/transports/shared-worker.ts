import { type Clock, systemClock, type Unsubscribe } from "@pubsub-mfe/core";
import { CrossTabError } from "../errors.js";
import { randomName } from "../random-name.js";
import type { FromBroker, ToBroker } from "./broker.js";
import { PageTransport } from "./page-transport.js";

/** Options of {@link SharedWorkerTransport}. */
export interface SharedWorkerTransportOptions {
  /**
   * Where `@pubsub-mfe/cross-tab/shared-worker-broker.js` is served, from this origin. Tabs hear each
   * other when it is the same for them. A `TrustedScriptURL` where the page demands one.
   */
  readonly url:
    | string
    | URL
    | {
        /** Gives the address. */
        toString(): string;
      };
  /**
   * The name of the channel.
   *
   * @defaultValue `"pubsub-mfe"`
   */
  readonly channelName?: string;
  /**
   * How the script is loaded, the same for all tabs.
   *
   * @defaultValue `"module"`
   */
  readonly scriptType?: WorkerType;
  /**
   * How many posts wait for the worker to start; then the oldest are dropped, and that is told.
   *
   * @defaultValue `256`
   */
  readonly bufferLimit?: number;
  /**
   * After how long without an answer of the worker that is told, in milliseconds. The wait goes on.
   *
   * @defaultValue `10_000`
   */
  readonly timeoutMs?: number;
  /** What it waits by. */
  readonly clock?: Clock;
}

/** A connection to the worker, from its start until the page hides. */
interface Connection {
  readonly port: MessagePort;
  /** Aborts when the page no longer hears. */
  readonly ended: AbortController;
  stopWaiting: Unsubscribe;
  isJoined: boolean;
}

/**
 * Carries data over a `SharedWorker`, which passes it on to the other tabs.
 *
 * @throws {@link CrossTabError} `CROSS_TAB_MISUSED` without a `url` that tabs can share
 */
export class SharedWorkerTransport extends PageTransport {
  readonly type: string = "shared-worker";
  readonly #options: Required<SharedWorkerTransportOptions>;
  #connection: Connection | undefined;
  /** What waits for the worker, copied. */
  #waiting: unknown[] = [];
  #dropped = 0;
  /** Why the worker could not be had. */
  #failure: CrossTabError | undefined;

  constructor(options: SharedWorkerTransportOptions) {
    super();
    checkUrl(options.url);
    this.#options = {
      channelName: "pubsub-mfe",
      scriptType: "module",
      bufferLimit: 256,
      timeoutMs: 10_000,
      clock: systemClock,
      ...options,
    };
  }

  /**
   * @throws a `DataCloneError` for what cannot be cloned
   * @throws {@link CrossTabError} `TRANSPORT_UNAVAILABLE` when the worker could not be had
   */
  send(data: unknown): void {
    if (this.isClosed) return;
    this.start();
    if (this.#failure) throw this.#failure;
    if (this.#connection?.isJoined) this.#post({ type: "data", data });
    else this.#keep(structuredClone(data));
  }

  protected findObstacle(): string | undefined {
    if (this.#failure) return this.#failure.message;
    return typeof SharedWorker === "function" ? undefined : "there is no SharedWorker here";
  }

  protected open(): void {
    this.#failure = undefined;
    this.#connection?.port.close();
    const { url, scriptType, channelName, clock, timeoutMs } = this.#options;
    let worker: SharedWorker;
    try {
      // Handed on as it is: a string would not be trusted any more.
      worker = new SharedWorker(url as string, { name: "pubsub-mfe", type: scriptType });
    } catch (cause) {
      this.#fail(`could not be started: ${cause}`, cause);
      return;
    }
    const connection: Connection = {
      port: worker.port,
      ended: new AbortController(),
      stopWaiting: clock.setTimer(() => {
        const hint = "Is it the shared-worker-broker.js of this package? What is sent waits.";
        this.tell(this.#problem(`has not answered for ${timeoutMs} ms. ${hint}`));
      }, timeoutMs),
      isJoined: false,
    };
    this.#connection = connection;
    worker.addEventListener("error", () => {
      if (this.#connection !== connection || connection.isJoined) return;
      this.#fail("could not be loaded. Is it there, and served as JavaScript?");
    });
    worker.port.onmessage = ({ data }) => this.#hear(connection, data);
    this.#post({ type: "join", channel: channelName });
    this.#holdLock(connection);
  }

  protected mute(): void {
    const { port, ended, stopWaiting } = this.#connection ?? {};
    stopWaiting?.();
    if (!port) return;
    // What has waited is posted: the page may not come back, and the worker may start in time.
    this.#flush();
    this.#post({ type: "leave" });
    ended?.abort();
  }

  protected release(): void {
    this.#connection?.port.close();
    this.#connection = undefined;
    this.#waiting = [];
  }

  #hear(connection: Connection, said: FromBroker): void {
    if (connection !== this.#connection) return;
    if (said.type === "data") this.receive(said.data);
    else if (said.type === "lock") this.#watchBroker(connection, said.name);
    else {
      connection.stopWaiting();
      this.#flush();
    }
  }

  /** Posts what has waited, and whatever comes from now on. */
  #flush(): void {
    if (this.#dropped > 0) this.#tellDropped(`${this.#dropped} posts were not sent`);
    this.#dropped = 0;
    const waiting = this.#waiting;
    this.#waiting = [];
    if (this.#connection) this.#connection.isJoined = true;
    for (const data of waiting) this.#post({ type: "data", data });
  }

  #post(said: ToBroker): void {
    this.#connection?.port.postMessage(said);
  }

  #keep(data: unknown): void {
    this.#waiting.push(data);
    if (this.#waiting.length <= this.#options.bufferLimit) return;
    this.#waiting.shift();
    if (this.#dropped === 0) this.#tellDropped("the oldest are dropped from now on");
    this.#dropped += 1;
  }

  #tellDropped(what: string): void {
    const { bufferLimit, url } = this.#options;
    const message = `More than ${bufferLimit} posts waited for the SharedWorker at ${url}: ${what}.`;
    this.tell(new CrossTabError("MESSAGES_DROPPED", message));
  }

  #fail(what: string, cause?: unknown): void {
    this.#connection?.stopWaiting();
    this.#connection?.port.close();
    this.#connection?.ended.abort();
    this.#connection = undefined;
    const lost = this.#waiting.length + this.#dropped;
    this.#waiting = [];
    this.#dropped = 0;
    const error = this.#problem(lost > 0 ? `${what} ${lost} posts were not sent.` : what, cause);
    this.#failure = error;
    this.tell(error);
  }

  #problem(what: string, cause?: unknown): CrossTabError {
    const message = `The SharedWorker at ${this.#options.url} ${what}`;
    return new CrossTabError("TRANSPORT_UNAVAILABLE", message, { cause });
  }

  /** By a lock the broker knows that this page is there; by its end, that it is gone. */
  #holdLock({ port, ended: { signal } }: Connection): void {
    const name = `pubsub-mfe-port:${randomName()}`;
    const hold = () => {
      port.postMessage({ type: "lock", name } satisfies ToBroker);
      return untilAborted(signal);
    };
    navigator.locks?.request(name, { signal }, hold).catch(() => {});
  }

  /** A worker that crashed is started anew by the next who asks for it. */
  #watchBroker(connection: Connection, name: string): void {
    const { signal } = connection.ended;
    const onGone = async () => {
      if (!signal.aborted && connection === this.#connection) this.#reconnect(connection);
    };
    navigator.locks?.request(name, { mode: "shared", signal }, onGone).catch(() => {});
  }

  #reconnect({ ended }: Connection): void {
    ended.abort();
    this.open();
  }
}

function checkUrl(url: unknown): void {
  const address = url === undefined || url === null ? "" : String(url);
  if (address !== "" && !/^(data|blob):/i.test(address)) return;
  const why =
    address === ""
      ? "it needs the address of shared-worker-broker.js"
      : "tabs share no worker of a data: or blob: URL, so that bundlers must not inline the script";
  throw new CrossTabError(
    "CROSS_TAB_MISUSED",
    `url is ${JSON.stringify(address.slice(0, 40))}: ${why}.`,
  );
}

function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
