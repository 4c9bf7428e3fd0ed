import { expect, test } from "@playwright/test";
import { Shop } from "./shop.js";

test("settings that nobody can read, or that cannot be kept, leave the page as at first", async ({
  page,
}) => {
  await page.addInitScript(() => {
    for (const key of ["inventory.told", "supplier.faults", "step.faults"]) {
      localStorage.setItem(key, key === "inventory.told" ? "null" : '{"latencyMs":"b"}');
    }
    localStorage.setItem("divider", "x");
    const refuse = (): never => {
      throw new DOMException("There is no room.", "QuotaExceededError");
    };
    Storage.prototype.setItem = refuse;
  });
  const shop = new Shop(page);
  await page.goto("/");

  await shop.expectCalm();
  await page.getByRole("button", { name: "Skip the tour" }).click();
  await page.getByRole("button", { name: "Theme" }).click();
  await expect(page.locator("html")).toHaveAttribute("data-theme", "light");
  expect(shop.errors).toEqual([]);
});

test("what is no item and no review is passed over, also by what reads the log", async ({
  page,
}) => {
  const shop = await new Shop(page).open();
  await shop.expectCalm();
  await shop.add("Field lantern");
  await expect(page.getByText("1 stored", { exact: true })).toBeVisible();
  // As another version of the shop may have left it.
  await page.evaluate(
    () =>
      new Promise<void>((resolve, reject) => {
        const opening = indexedDB.open("switchyard");
        opening.onerror = () => reject(opening.error);
        opening.onsuccess = () => {
          const db = opening.result;
          const tx = db.transaction("messages", "readwrite");
          const store = tx.objectStore("messages");
          store.openCursor().onsuccess = ({ target }) => {
            const cursor = (target as IDBRequest<IDBCursorWithValue>).result;
            const row = cursor.value;
            const key = "payload" in row ? row : row.message;
            key.payload = null;
            cursor.update(row);
          };
          tx.oncomplete = () => {
            db.close();
            resolve();
          };
        };
      }),
  );

  await page.reload();

  await shop.expectCalm();
  await expect(shop.cart.getByText("The cart is empty.")).toBeVisible();
  await shop.add("Oak stool");
  await expect(shop.line(1, "Oak stool")).toBeVisible();
  await page.goto("/#travel?at=1");
  await expect(page.getByRole("region", { name: "Time travel" })).toContainText("After message 1");
  expect(shop.errors).toEqual([]);
});
