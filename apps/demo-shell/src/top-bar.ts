import { showBusStatus } from "./bus-status.js";
import { showCopies } from "./copies.js";
import { byId } from "./dom.js";
import { settings } from "./settings.js";
import type { HostParts } from "./start-host.js";
import type { StorageFaults } from "./storage/storage-faults.js";
import { showStored } from "./storage/stored.js";
import { showPresent } from "./tabs/present.js";

const THEMES = ["system", "light", "dark"] as const;

/** Brings the top bar to life: state of the bus, counts, tabs, theme. */
export function connectTopBar(parts: HostParts, storageFaults: StorageFaults): void {
  showBusStatus({});
  showStored(byId("stored"), byId("storage-count"), parts, storageFaults);
  showCopies(byId("copies"), parts.bus);
  showPresent(byId("present"), byId("tab-count"), parts.tabs.presence);
  byId("open-tab").addEventListener("click", () => {
    window.open(location.href, "_blank", "noopener");
  });
  connectTheme(byId("theme"));
}

function connectTheme(button: HTMLElement): void {
  const apply = (theme: string): void => {
    if (theme === "system") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
    button.textContent = `◐ ${theme}`;
    button.setAttribute("aria-label", `Theme: ${theme}`);
  };
  let index = Math.max(0, THEMES.indexOf(settings.get("theme") as (typeof THEMES)[number]));
  apply(THEMES[index] as string);
  button.addEventListener("click", () => {
    index = (index + 1) % THEMES.length;
    const theme = THEMES[index] as string;
    settings.set("theme", theme);
    apply(theme);
  });
}
