import { type Benchmark, type Contender, type Figure, median } from "../measure.js";
import { closeTab, cpuMs, openTab } from "./browser.js";
import { commandsOf, type PublishCommand } from "./commands.js";
import { type LinkName, linkNotes, links } from "./links.js";

const names = Object.keys(links) as LinkName[];
let channels = 0;

/** Another tab that publishes on command; this one receives. */
async function openFlow(name: LinkName) {
  channels += 1;
  const channel = `flow-${channels}`;
  let count = 0;
  let awaited = 0;
  let done = () => {};
  const link = await links[name](channel, () => {
    count += 1;
    if (count === awaited) done();
  });
  const tab = await openTab("link", name, channel);
  const commands = commandsOf(channel);
  return {
    /** Lets it publish; resolves when the last message was handled here. */
    run(command: PublishCommand): Promise<number> {
      count = 0;
      awaited = command.turns * command.perTurn;
      return new Promise((resolve) => {
        done = () => resolve(awaited);
        commands.postMessage(command);
      });
    },
    async close() {
      commands.close();
      await link.close();
      await closeTab(tab);
    },
  };
}

function throughput(title: string, command: PublishCommand, goal: string): Benchmark {
  const contenders = names.map((name): Contender => {
    const note = name === "@pubsub-mfe/cross-tab" ? goal : linkNotes[name];
    return {
      name,
      note,
      async setup() {
        const { run, close } = await openFlow(name);
        return { run: () => run(command), close };
      },
    };
  });
  return { title, in: ["chromium"], rounds: 9, warmUpRounds: 3, contenders };
}

/** What a message costs all processes of the browser together. */
function cpu(title: string, command: PublishCommand): Figure {
  return {
    title: `CPU of all processes for a message to another tab, ${title}`,
    unit: "µs",
    in: ["chromium"],
    contenders: names.map((name) => ({
      name,
      note: linkNotes[name],
      async take() {
        const flow = await openFlow(name);
        const costs: number[] = [];
        await flow.run(command);
        for (let round = 0; round < 5; round += 1) {
          const before = await cpuMs();
          const messages = await flow.run(command);
          costs.push(((await cpuMs()) - before) / messages);
        }
        await flow.close();
        return median(costs) * 1_000;
      },
    })),
  };
}

export const sending: readonly (Benchmark | Figure)[] = [
  throughput(
    "5,000 messages to another tab, published in one turn",
    { turns: 1, perTurn: 5_000 },
    "goal: 1.67 at most, and over 100,000/s, which is 10,000 ns",
  ),
  throughput(
    "1,000 messages to another tab, one in a turn",
    { turns: 1_000, perTurn: 1 },
    "one post a turn",
  ),
  throughput(
    "5,000 messages to another tab, 50 in a turn",
    { turns: 100, perTurn: 50 },
    "goal: 1.67 at most",
  ),
  cpu("10,000 by 50 in a turn", { turns: 200, perTurn: 50 }),
  cpu("2,000 by one in a turn", { turns: 2_000, perTurn: 1 }),
];
