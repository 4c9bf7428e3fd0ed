/** In Node a port keeps the process alive, unless told otherwise. */
type Port = MessagePort & { ref?(): void; unref?(): void };

interface Way {
  readonly receiver: Port;
  readonly sender: Port;
}

/** What is to be called, a task each. */
const due: (() => void)[] = [];
let way: Way | undefined;

/**
 * Calls a function in a task of its own, after the page had a chance to paint and to take input. A
 * message port, because timers of hidden tabs are throttled to a second and more; one for all,
 * because to open one costs several times as much as to post.
 */
export function nextTask(fn: () => void): void {
  way ??= open();
  due.push(fn);
  way.receiver.ref?.();
  way.sender.postMessage(null);
}

function open(): Way {
  const { port1: receiver, port2: sender }: { port1: Port; port2: Port } = new MessageChannel();
  receiver.onmessage = () => {
    const fn = due.shift();
    if (due.length === 0) receiver.unref?.();
    fn?.();
  };
  return { receiver, sender };
}
