import { hotplugProvider } from "../../lib/provider/provider";
import type { Vcenter } from "../../lib/simulator/vcenter";
import type { VirtualClock } from "../support/virtual-clock";
import { connectInProcess, type Wire } from "./in-process-transport";
import type * as RememberedModule from "./remembered";
import { Mortality, type ProviderProcess } from "./world";

jest.mock("../../lib/vim/wire/http", () => jest.requireActual<object>("./in-process-transport"));
jest.mock("../../lib/vim/wire/soap", () =>
  remembering().rememberingSoapCaller(jest.requireActual("../../lib/vim/wire/soap")),
);
jest.mock("../../lib/simulator/wire/soap", () =>
  remembering().rememberingEnvelopes(jest.requireActual("../../lib/simulator/wire/soap")),
);
// Mocks are made before what this file imports is there.
function remembering(): typeof RememberedModule {
  return jest.requireActual("./remembered");
}

/** Runs of the provider as it ships against an embedded vCenter, without a socket between them. */
export class EmbeddedProcesses {
  private readonly disconnects: (() => void)[] = [];
  private started = 0;

  constructor(
    private readonly vcenter: Vcenter,
    private readonly clock: VirtualClock,
  ) {}

  /** Starts one; `watch` sees its requests go by. */
  start(watch: (id: number) => Wire = () => (_, send) => send()): ProviderProcess {
    const id = ++this.started;
    const life = new Mortality();
    const server = `process-${id}.example.com`;
    const wire = watch(id);
    this.disconnects.push(
      connectInProcess(server, { vcenter: this.vcenter, wire: (post, send) => life.guard(() => wire(post, send)) }),
    );
    const environment = {
      VSPHERE_SERVER: server,
      VSPHERE_USER: "user",
      VSPHERE_PASSWORD: "password",
      VSPHERE_API_TIMEOUT: "1",
    };
    return {
      id,
      provider: hotplugProvider({ environment, clock: life.clock(this.clock), processId: id }),
      kill: () => life.kill(),
    };
  }

  end(): void {
    this.disconnects.forEach((disconnect) => disconnect());
    this.vcenter.stop();
  }
}
