/** What the shop keeps in stock. */
export const stocked: readonly { readonly sku: string; readonly name: string }[] = [
  { sku: "LAN-1", name: "Field lantern" },
  { sku: "STO-1", name: "Oak stool" },
  { sku: "KET-1", name: "Enamel kettle" },
];
