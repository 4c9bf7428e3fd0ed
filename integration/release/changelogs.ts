import readChangesets from "@changesets/read";

/**
 * A changelog tells what one can write now. Of a patch there is nothing new to write.
 *
 * @param root - the folder that `.changeset` is in
 * @returns the files of those minors and majors that show no call
 */
export async function withoutCall(root: string): Promise<string[]> {
  const changesets = await readChangesets(root);
  return changesets
    .filter(({ releases }) => releases.some(({ type }) => type === "minor" || type === "major"))
    .filter(({ summary }) => !showsCall(summary))
    .map(({ id }) => `.changeset/${id}.md`);
}

/** Whether there is a block of TypeScript with something in it. */
export function showsCall(markdown: string): boolean {
  return /^ *```ts\n+ *\S(?<!`)/m.test(markdown);
}
