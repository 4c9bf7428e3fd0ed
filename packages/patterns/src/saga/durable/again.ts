/**
 * Makes of work a function that has it done: at once, or, where it is under way, again after that, once
 * however often it is called meanwhile.
 *
 * @param work - fails never
 */
export function again(work: () => Promise<unknown>): () => void {
  let isAsked = false;
  let isUnderWay = false;
  const go = async (): Promise<void> => {
    isUnderWay = true;
    while (isAsked) {
      isAsked = false;
      await work();
    }
    isUnderWay = false;
  };
  return () => {
    isAsked = true;
    if (!isUnderWay) void go();
  };
}
