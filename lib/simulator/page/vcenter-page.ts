import { PageServer } from "../../page/page-server";
import type { Guests } from "../guests/guests";
import type { Hardware } from "../hardware";
import type { Vcenter } from "../vcenter";
import { Feed } from "./feed";
import { HandsOn } from "./hands-on";

interface PageOptions {
  readonly vcenter: Vcenter;
  readonly hardware: Hardware;
  readonly guests?: Guests;
  readonly source: string;
  readonly restart: () => void;
}

export interface VcenterPage {
  readonly url: string;
  stop(): Promise<void>;
}

/** The page of an embedded vCenter. */
export async function startPage({ vcenter, hardware, guests, source, restart }: PageOptions): Promise<VcenterPage> {
  const handsOn = new HandsOn({ world: vcenter.world, faults: vcenter.faults, hardware, guests, restart });
  const feed = new Feed(vcenter, guests, () => handsOn.controls);
  hardware.onAct = (text, kind) => feed.happened({ text, isAlarming: kind === "pull" });
  const server = await PageServer.start({
    subject: { title: "Embedded vCenter", source, showsCalls: true, hasHands: true },
    journal: feed.journal,
    hands: (hand) => {
      const happening = handsOn.do(hand);
      vcenter.save();
      if (happening) feed.happened(happening);
    },
  });
  return {
    url: server.url,
    stop: async () => {
      feed.stop();
      await server.stop();
    },
  };
}
