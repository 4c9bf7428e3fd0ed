/** To the other tab: to publish so many messages in each of so many turns, a task each. */
export interface PublishCommand {
  readonly turns: number;
  readonly perTurn: number;
}

/** Where commands to the other end of a link go, beside the link. */
export function commandsOf(channel: string): BroadcastChannel {
  return new BroadcastChannel(`${channel} commands`);
}
