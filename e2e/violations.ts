import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "@playwright/test";

/**
 * Finds what is inaccessible on a page, as `rule: elements`. From then on nothing moves on it: what
 * fades in has little contrast until it is there.
 *
 * @param rules - which alone are looked at; all without any
 */
export async function findViolations(
  page: Page,
  part = "html",
  ...rules: string[]
): Promise<string[]> {
  await page.emulateMedia({ reducedMotion: "reduce" });
  const axe = new AxeBuilder({ page }).include(part);
  if (rules.length > 0) axe.withRules(rules);
  const { violations } = await axe.analyze();
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html)}`);
}
