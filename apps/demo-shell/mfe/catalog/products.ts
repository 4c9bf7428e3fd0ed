/** What the shop sells; prices in cents. */
export const products = [
  { sku: "LAN-1", name: "Field lantern", price: 4_200 },
  { sku: "STO-1", name: "Oak stool", price: 8_900 },
  { sku: "KET-1", name: "Enamel kettle", price: 3_550 },
] as const;
