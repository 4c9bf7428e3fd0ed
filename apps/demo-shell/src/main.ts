import { byId } from "./dom.js";
import { createFrame } from "./frames/frame.js";
import { loadManifest } from "./frames/manifest.js";
import { MessageLog } from "./log/message-log.js";
import { Notices } from "./notices.js";
import { startHost } from "./start-host.js";
import { connectTopBar } from "./top-bar.js";

const notices = new Notices(byId("notices"));
const log = new MessageLog(byId("log"));
const parts = await startHost(notices, log);
connectTopBar(parts);

const store = byId("store");
try {
  for (const entry of await loadManifest()) {
    store.append(createFrame(entry, parts));
  }
} catch (error) {
  notices.show("manifest", `The list of microfrontends could not be read: ${error}`);
}
