import { joinPubSub, scope } from "@pubsub-mfe/core";
import {
  APP,
  type FramedWindow,
  type ItemAdded,
  type Microfrontend,
  type ReviewWritten,
} from "../../src/contract.js";
import { pastThenLive } from "../past-then-live.js";
import { ReviewBook } from "./review-book.js";
import { ReviewsElement } from "./reviews-element.js";

customElements.define("shop-reviews", ReviewsElement);

const mount: Microfrontend["mount"] = async (element, { signal, host }) => {
  // The place where the copies of the page meet is found from within the frame as well.
  const copy = joinPubSub({ app: APP, name: "reviews" });
  const bus = scope(copy, "reviews");
  const book = new ReviewBook();
  const reviews = new ReviewsElement();
  element.append(reviews);
  signal.addEventListener("abort", () => {
    reviews.remove();
    copy.dispose();
  });
  reviews.onWrite = (review) => {
    bus.publish<ReviewWritten>("review.written", review);
  };

  bus.subscribe<ItemAdded>("cart.item.added", ({ payload, meta }) => {
    if (!book.learn(payload)) return;
    // What a visitor adds in another tab does not take away what is read in this one.
    if (!meta?._crossTab) reviews.turnTo(payload.sku);
    reviews.draw(book);
  });
  await pastThenLive<ReviewWritten>(bus, host.history, "review.written", (message, isLive) => {
    book.add(message);
    if (isLive) reviews.draw(book);
  });
  const [latest] = await host.history.getHistory("cart.item.added", { limit: 1 }).catch(() => []);
  if (signal.aborted) return;
  if (latest && book.learn(latest.payload)) {
    reviews.turnTo(latest.payload.sku);
  }
  reviews.draw(book);
};

(window as unknown as FramedWindow).microfrontend = { mount };
