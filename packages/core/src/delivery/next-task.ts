/**
 * Calls a function in a task of its own, after the page had a chance to paint and to take input. A
 * message port, because timers of hidden tabs are throttled to a second and more.
 */
export function nextTask(fn: () => void): void {
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = () => {
    port1.close();
    fn();
  };
  port2.postMessage(null);
}
