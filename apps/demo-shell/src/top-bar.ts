import { showCopies } from "./copies.js";
import { byId } from "./dom.js";
import type { HostParts } from "./start-host.js";
import { showPresent } from "./tabs/present.js";

const THEMES = ["system", "light", "dark"] as const;

/** Brings the top bar to life: state of the bus, counts, tabs, theme. */
export function connectTopBar(parts: HostParts): void {
  const status = byId("bus-status");
  status.textContent = "● Bus live";
  status.classList.add("ok");

  showStored(parts);
  showCopies(byId("copies"), parts.bus);
  showPresent(byId("present"), byId("tab-count"), parts.tabs.presence);
  byId("open-tab").addEventListener("click", () => {
    window.open(location.href, "_blank", "noopener");
  });
  connectTheme(byId("theme"));
}

/** Changes with messages only, and is drawn once for all that were stored together. */
function showStored({ bus, history }: HostParts): void {
  const stored = byId("stored");
  const draw = (): void => {
    stored.textContent = `${history.getStats().messagesPersisted} stored`;
  };
  let waiting = false;
  bus.subscribe("#", async () => {
    if (waiting) return;
    waiting = true;
    // What cannot be stored is told elsewhere.
    await history.flush().catch(() => {});
    waiting = false;
    draw();
  });
  draw();
}

function connectTheme(button: HTMLElement): void {
  const apply = (theme: string): void => {
    if (theme === "system") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
    button.textContent = `Theme: ${theme}`;
  };
  let index = Math.max(0, THEMES.indexOf(localStorage.getItem("theme") as (typeof THEMES)[number]));
  apply(THEMES[index] as string);
  button.addEventListener("click", () => {
    index = (index + 1) % THEMES.length;
    const theme = THEMES[index] as string;
    localStorage.setItem("theme", theme);
    apply(theme);
  });
}
