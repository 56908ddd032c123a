import { EmbeddedWorld } from "./embedded-world";
import { runHistory } from "./history";
import type { HistoryResult } from "./history-options";
import { hostSubject } from "./host-subject";
import { ModelWorld } from "./model-world";
import { PreparationHistory } from "./preparation-history";
import type { Random } from "./random";
import { machineSubject } from "./virtual-machine-subject";

/** What random histories are of. */
interface Kind {
  history(random: Random): Promise<HistoryResult>;
  /** What `HistoryResult.calls` counts. */
  counts: string;
}

const kinds = {
  core: {
    history: (random) => runHistory({ random, makeWorld: (devices) => new ModelWorld(devices) }),
    counts: "calls",
  },
  guest: {
    history: (random) => runHistory({ random, guests: true, makeWorld: (devices) => new ModelWorld(devices) }),
    counts: "calls",
  },
  /** The provider as it ships, its client and the embedded vCenter: one resource, or two, of one host or of two. */
  whole: {
    history: (random) => {
      const machines = random.chance(0.7) ? 2 : 1;
      const apart = machines > 1 && random.chance(0.25);
      return runHistory({ random, machines, makeWorld: (devices) => new EmbeddedWorld(devices, { machines, apart }) });
    },
    counts: "calls",
  },
  settings: { history: (random) => PreparationHistory.run(machineSubject, random), counts: "requests" },
  hosts: { history: (random) => PreparationHistory.run(hostSubject, random), counts: "requests" },
} satisfies Record<string, Kind>;

export type KindName = keyof typeof kinds;

export const KINDS: Record<KindName, Kind> = kinds;
