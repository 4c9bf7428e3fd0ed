import { presenceContract } from "@pubsub-mfe/core/testing/contracts";
import { Origin } from "../testing/origin.js";

presenceContract("Presence over locks, with tabs that are frozen", async () => {
  const origin = new Origin();
  return async () => {
    const tab = await origin.open();
    const { locks, adapter } = tab;
    let frozen = Promise.resolve();
    return {
      presence: adapter.presence,
      hide: () => locks.setVisible(false),
      show: () => {
        locks.setVisible(true);
        void frozen.then(() => locks.thaw());
      },
      sleep: () => {
        frozen = locks.freeze();
      },
      lead: () => void origin.lead(tab),
      leave: () => origin.close(tab),
    };
  };
});

presenceContract("Presence over locks, with tabs in the back/forward cache", async () => {
  const origin = new Origin();
  return async () => {
    const tab = await origin.open();
    const { locks, adapter, bus } = tab;
    return {
      presence: adapter.presence,
      hide: () => locks.setVisible(false),
      show: () => {
        locks.setVisible(true);
        locks.show();
      },
      sleep: () => locks.hide(),
      lead: () => void origin.lead(tab),
      leave: () => bus.dispose(),
    };
  };
});
