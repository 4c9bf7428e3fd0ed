/** What a tab is called on the page, the same in all of them: the beginning of its id. */
export function tabName(id: string): string {
  return id.slice(0, 4);
}
