declare module "qlobber" {
  export class Qlobber<T> {
    constructor(options?: { wildcard_one?: string; wildcard_some?: string });
    add(pattern: string, value: T): this;
    remove(pattern: string, value?: T): this;
    match(topic: string): T[];
  }
}

declare module "pubsub-js" {
  const PubSub: {
    subscribe<T>(topic: string, handler: (topic: string, data: T) => void): string;
    unsubscribe(token: string): string | boolean;
    publishSync(topic: string, data: unknown): boolean;
    clearAllSubscriptions(): void;
  };
  export default PubSub;
}
