const euros = new Intl.NumberFormat("en-IE", { style: "currency", currency: "EUR" });

export function inEuros(cents: number): string {
  return euros.format(cents / 100);
}
