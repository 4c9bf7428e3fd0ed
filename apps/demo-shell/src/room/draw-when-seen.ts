import { onceAFrame } from "../once-a-frame.js";

/**
 * Makes a function that has something drawn in the next frame, once however often it is called; what
 * is hidden is drawn when it is seen again, and costs nothing until then.
 */
export function drawWhenSeen(element: HTMLElement, draw: () => void): () => void {
  let isStale = false;
  let isSeen = false;
  const drawSoon = onceAFrame(() => {
    if (!isSeen) return;
    isStale = false;
    draw();
  });
  new IntersectionObserver((entries) => {
    isSeen = entries.at(-1)?.isIntersecting ?? false;
    if (isSeen && isStale) drawSoon();
  }).observe(element);
  return () => {
    isStale = true;
    if (isSeen) drawSoon();
  };
}
