/** One microfrontend, as the manifest lists it. */
export interface ManifestEntry {
  readonly name: string;
  readonly title: string;
  /** Marks it wherever it is mentioned, beside its colour. */
  readonly glyph: string;
  readonly framework: string;
  /** Addresses, relative to the page. */
  readonly script: string;
  readonly style?: string;
}

/** Reads the list of microfrontends; only its own team decides what stands behind an address. */
export async function loadManifest(): Promise<readonly ManifestEntry[]> {
  const response = await fetch("manifest.json");
  if (!response.ok) throw new Error(`manifest.json answered ${response.status}.`);
  const { microfrontends } = await response.json();
  return microfrontends;
}
