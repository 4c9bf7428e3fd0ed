// The script of the SharedWorker that SharedWorkerTransport starts. It imports nothing once it is built,
// so that it can be served as a file of its own, as a module or not.
import { Broker } from "./transports/broker.js";

const broker = new Broker(navigator.locks);

addEventListener("connect", (event) => {
  for (const port of (event as MessageEvent).ports) broker.connect(port);
});
