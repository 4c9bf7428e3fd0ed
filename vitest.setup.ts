// A test fails on whatever the code under test writes to the console unasked. A test that expects it
// spies on the console, which keeps it from coming here.
import { afterEach, beforeEach, expect } from "vitest";

const unexpected: string[] = [];
const { warn, error } = console;

beforeEach(() => {
  unexpected.length = 0;
  console.warn = (...args) => void unexpected.push(`console.warn: ${args.map(String).join(" ")}`);
  console.error = (...args) => void unexpected.push(`console.error: ${args.map(String).join(" ")}`);
});

afterEach(() => {
  console.warn = warn;
  console.error = error;
  expect(unexpected).toEqual([]);
});
