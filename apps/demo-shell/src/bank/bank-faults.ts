import { settings } from "../settings.js";
/** How the bank answers who wants to charge. */
export type BankFault = "accepts" | "declines" | "slow" | "hangs";

/** Each, with what it is called. */
export const BANK_FAULTS: Readonly<Record<BankFault, string>> = {
  accepts: "Accepts",
  declines: "Declines",
  slow: "Accepts, slowly",
  hangs: "Never answers",
};

/** Under which the tabs share it. */
export const BANK_FAULT_KEY = "bank.fault";

export function readBankFault(): BankFault {
  const fault = settings.get(BANK_FAULT_KEY) ?? "";
  return Object.hasOwn(BANK_FAULTS, fault) ? (fault as BankFault) : "accepts";
}
