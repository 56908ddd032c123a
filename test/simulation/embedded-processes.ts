import { hotplugProvider } from "../../lib/provider/provider";
import type { Vcenter } from "../../lib/simulator/vcenter";
import type { HttpTransportOptions } from "../../lib/vim/wire/http";
import type { VirtualClock } from "../support/virtual-clock";
import { InProcessTransport, type Wire } from "./in-process-transport";
import { rememberingCaller } from "./remembered";
import { Mortality, type ProviderProcess } from "./world";

/** Runs of the provider as it ships against an embedded vCenter, without a socket between them. */
export class EmbeddedProcesses {
  private started = 0;

  constructor(
    private readonly vcenter: Vcenter,
    private readonly clock: VirtualClock,
  ) {}

  /** Starts one; `watch` sees its requests go by. */
  start(watch: (id: number) => Wire = () => (_, send) => send()): ProviderProcess {
    const id = ++this.started;
    const life = new Mortality();
    const watched = watch(id);
    const wire: Wire = (post, send) => life.guard(() => watched(post, send));
    const carrier = {
      transport: (options: HttpTransportOptions) => new InProcessTransport(options, { vcenter: this.vcenter, wire }),
      caller: rememberingCaller,
    };
    const environment = {
      VSPHERE_SERVER: "vcenter.example.com",
      VSPHERE_USER: "user",
      VSPHERE_PASSWORD: "password",
      VSPHERE_API_TIMEOUT: "1",
    };
    return {
      id,
      provider: hotplugProvider({ environment, clock: life.clock(this.clock), processId: id, carrier }),
      kill: () => life.kill(),
    };
  }

  end(): void {
    this.vcenter.stop();
  }
}
