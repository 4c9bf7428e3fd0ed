/** One microfrontend, as the manifest lists it; its addresses are relative to the page. */
export type ManifestEntry = BundledEntry | FramedEntry;

/** What a manifest says of every microfrontend. */
interface ListedEntry {
  readonly name: string;
  readonly title: string;
  /** Marks it wherever it is mentioned, beside its colour. */
  readonly glyph: string;
  readonly framework: string;
}

/** One that is a bundle, and is mounted into the page. */
export interface BundledEntry extends ListedEntry {
  readonly script: string;
  readonly style?: string;
}

/** One that is a page of its own, and lives in a frame. */
export interface FramedEntry extends ListedEntry {
  readonly frame: string;
}

/** What a shop is built of. */
export interface Manifest {
  readonly microfrontends: readonly ManifestEntry[];
  /** One that speaks another protocol, to show what becomes of it. */
  readonly incompatible: ManifestEntry;
}

/** Reads the list of microfrontends; only its own team decides what stands behind an address. */
export async function loadManifest(): Promise<Manifest> {
  const response = await fetch("manifest.json");
  if (!response.ok) throw new Error(`manifest.json answered ${response.status}.`);
  return await response.json();
}
