import { Broker } from "../transports/broker.js";
import { turnEnd } from "./tabs.js";

/** A `SharedWorker` in this realm, one for each address. */
export class FakeSharedWorker extends EventTarget {
  static readonly brokers = new Map<string, Broker>();
  /** With what workers were started, in order. */
  static readonly started: { url: unknown; options: WorkerOptions; worker: FakeSharedWorker }[] =
    [];
  static locks: LockManager | undefined;
  readonly port: MessagePort;

  constructor(url: string | URL, options: WorkerOptions) {
    super();
    const { port1, port2 } = new MessageChannel();
    this.port = port1;
    FakeSharedWorker.started.push({ url, options, worker: this });
    const key = String(url);
    // Some answer 404, or are no broker.
    if (key.includes("nowhere")) return;
    const { brokers, locks } = FakeSharedWorker;
    const broker = brokers.get(key) ?? new Broker(locks);
    brokers.set(key, broker);
    broker.connect(port2);
  }
}

/** Lets what goes to a worker and back come to its end. */
export async function settlePorts(): Promise<void> {
  for (let n = 0; n < 10; n += 1) await turnEnd();
}
