import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Folders outside the repository, so that nothing in them can lean on its `node_modules`. */
export class TemporaryFolders {
  readonly #folders: string[] = [];

  create(purpose: string): string {
    const folder = mkdtempSync(join(realpathSync(tmpdir()), `pubsub-mfe-${purpose}-`));
    this.#folders.push(folder);
    return folder;
  }

  removeAll(): void {
    for (const folder of this.#folders) rmSync(folder, { recursive: true, force: true });
  }
}
