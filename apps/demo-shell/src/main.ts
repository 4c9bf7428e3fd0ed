import { BankControls } from "./bank/bank-controls.js";
import { BankStub } from "./bank/bank-stub.js";
import type { Host } from "./contract.js";
import { byId } from "./dom.js";
import { FaultsDialog } from "./faults/faults-dialog.js";
import { StepFaults } from "./faults/step-faults.js";
import { createFrame } from "./frames/frame.js";
import { loadManifest } from "./frames/manifest.js";
import { showSubscriptionCounts } from "./frames/subscription-counts.js";
import { showLatency } from "./latency/latency-view.js";
import { connectDivider } from "./layout/divider.js";
import { connectPages } from "./layout/pages.js";
import { MessageLog } from "./log/message-log.js";
import { Notices } from "./notices.js";
import { showPatterns } from "./patterns/patterns-view.js";
import { SupplierControls } from "./patterns/supplier-controls.js";
import { connectViews } from "./room/views.js";
import { startHost } from "./start-host.js";
import { StorageControls } from "./storage/storage-controls.js";
import { StorageFaults } from "./storage/storage-faults.js";
import { showStorage } from "./storage/storage-view.js";
import { SupplierStub } from "./supplier/supplier-stub.js";
import { TabStory } from "./tabs/tab-story.js";
import { showTabs } from "./tabs/tabs-view.js";
import { connectTopBar } from "./top-bar.js";

const notices = new Notices(byId("notices"));
const log = new MessageLog(byId("timeline"));
const main = document.querySelector("main") as HTMLElement;
connectDivider(byId("divider"), main);
connectPages(main, byId("close-room"), byId("turn"));
connectViews(byId("room"));
const story = new TabStory();
const storageFaults = new StorageFaults();
const parts = await startHost(notices, log, story);
connectTopBar(parts, storageFaults);
showTabs(byId("tabs"), parts, story);
const supplier = new SupplierStub();
showPatterns(byId("patterns"), byId("pattern-count"), parts, supplier);
showStorage(byId("storage"), parts, storageFaults);
showLatency(byId("latency"), parts);
const faults = new FaultsDialog(byId("open-faults"));
faults.add("Supplier", new SupplierControls(supplier).element);
faults.add("Storage", new StorageControls(storageFaults).element);
const bank = new BankStub();
faults.add("Bank", new BankControls(bank).element);
const { history, locks } = parts;
const stepFaults = new StepFaults();
const host: Host = { history, locks, supplier, bank, stepFaults };

const store = byId("store");
try {
  for (const entry of await loadManifest()) {
    store.append(createFrame(entry, host));
  }
  showSubscriptionCounts(store, parts.bus);
} catch (error) {
  notices.show("manifest", `The list of microfrontends could not be read: ${error}`);
}
