import type { World } from "../core/world";
import { VirtualMachine } from "../objects/virtual-machine/virtual-machine";
import { GuestSystem } from "./guest";
import { askedHolders, runInGuest } from "./shell";
import { makeKey, SshServer } from "./ssh-server";

/** How the guest of a virtual machine is reached. */
interface GuestEndpoint {
  readonly virtualMachine: string;
  readonly host: string;
  readonly port: number;
  /** As known_hosts has it. */
  readonly hostKey: string;
}

interface Listening extends GuestEndpoint {
  readonly privateHostKey: string;
  /** Undefined while connections are refused. */
  server: SshServer | undefined;
}

/**
 * The guests of all virtual machines that run: an SSH server each on loopback, with a host key of its own. Each has an
 * address of its own in 127.1.0.0/16 and all one port, where the system gives such addresses (Linux does).
 */
export class Guests {
  /** The key that may log in to each. */
  readonly clientKey = makeKey();
  private readonly systems = new Map<string, GuestSystem>();
  private readonly listening = new Map<string, Listening>();
  private port = 0;
  private count = 0;
  private work: Promise<void> = Promise.resolve();

  /** Told when an endpoint has come or gone. */
  onChange: () => void = () => undefined;
  /** Told when something was run in a guest, with the addresses there of the drives whose holders were asked for. */
  onRun: (virtualMachine: string, asked: readonly string[]) => void = () => undefined;

  constructor(private readonly world: World) {}

  /** Rejects where a guest's server can't be started: a guest that isn't there is not to look like none. */
  async start(): Promise<void> {
    this.world.changes.listen(() => void this.notice().catch(() => undefined));
    await this.notice();
  }

  /** Those of the virtual machines that run. */
  get endpoints(): GuestEndpoint[] {
    return [...this.listening.values()].map(({ virtualMachine, host, port, hostKey }) => ({
      virtualMachine,
      host,
      port,
      hostKey,
    }));
  }

  /** By name or managed object id. Throws if there is no such virtual machine. */
  system(nameOrId: string): GuestSystem {
    return this.systemOf(this.machine(nameOrId));
  }

  /** Ends its connections, unmounts everything, and gives out addresses anew. */
  reboot(nameOrId: string): void {
    const vm = this.machine(nameOrId);
    this.systemOf(vm).boot();
    this.listening.get(vm.ref.id)?.server?.disconnect();
  }

  /** Its SSH server is down: connections end, and new ones are refused, until it accepts them again. */
  refuse(nameOrId: string): Promise<void> {
    return this.exchange(nameOrId, async () => undefined);
  }

  accept(nameOrId: string): Promise<void> {
    return this.exchange(nameOrId, (one) => this.serve(one.virtualMachine, one));
  }

  /** Somebody else answers at its address, with another host key, until it accepts connections again. */
  impersonate(nameOrId: string): Promise<void> {
    return this.exchange(nameOrId, (one) =>
      this.serve(one.virtualMachine, { host: one.host, port: one.port, privateHostKey: makeKey() }),
    );
  }

  async stop(): Promise<void> {
    await this.work;
    await Promise.all([...this.listening.values()].map(({ server }) => server?.stop()));
    this.listening.clear();
  }

  private machine(nameOrId: string): VirtualMachine {
    const vm = this.world.all(VirtualMachine).find(({ name, ref }) => name === nameOrId || ref.id === nameOrId);
    if (!vm) throw new Error(`there is no virtual machine "${nameOrId}"`);
    return vm;
  }

  private systemOf(vm: VirtualMachine): GuestSystem {
    const known = this.systems.get(vm.ref.id) ?? new GuestSystem(vm, () => this.world.now().getTime());
    this.systems.set(vm.ref.id, known);
    return known;
  }

  /** Another server in place of the one that listens. */
  private async exchange(nameOrId: string, make: (one: Listening) => Promise<SshServer | undefined>): Promise<void> {
    const { name, ref } = this.machine(nameOrId);
    const work = this.work.then(async () => {
      const one = this.listening.get(ref.id);
      if (!one) throw new Error(`virtual machine "${name}" doesn't run`);
      await one.server?.stop();
      one.server = undefined;
      one.server = await make(one);
    });
    this.work = work.catch(() => undefined);
    await work;
  }

  private async notice(): Promise<void> {
    const all = this.world.all(VirtualMachine);
    for (const vm of all) this.systemOf(vm).notice();
    const running = new Map(all.filter(({ powerState }) => powerState === "poweredOn").map((vm) => [vm.ref.id, vm]));
    const work = this.work.then(() => this.bring(running));
    this.work = work.catch(() => undefined);
    await work;
  }

  /** One after the other, so that no virtual machine gets two servers. */
  private async bring(running: ReadonlyMap<string, VirtualMachine>): Promise<void> {
    let changed = false;
    for (const [id, { server }] of this.listening) {
      if (running.has(id)) continue;
      this.listening.delete(id);
      changed = true;
      await server?.stop();
    }
    for (const [id, vm] of running) {
      if (this.listening.has(id) || this.world.end.signal.aborted) continue;
      const number = ++this.count;
      const privateHostKey = makeKey();
      const wanted = { host: `127.1.${number >> 8}.${(number & 255) + 1}`, port: this.port, privateHostKey };
      const server = await this.serve(id, wanted);
      const { host, port, hostKey } = server;
      if (host !== "127.0.0.1") this.port = port;
      this.listening.set(id, { virtualMachine: id, host, port, hostKey, privateHostKey, server });
      vm.guestAddress = host;
      changed = true;
    }
    if (changed) this.onChange();
  }

  private serve(
    id: string,
    { host, port, privateHostKey }: { host: string; port: number; privateHostKey: string },
  ): Promise<SshServer> {
    const system = this.system(id);
    return SshServer.start({
      host,
      port,
      clientKey: this.clientKey,
      hostKey: privateHostKey,
      onLogin: () => void system.visits.logins++,
      run: async (command, stdin) => {
        const answer = await runInGuest(system, command, stdin);
        this.onRun(id, askedHolders(stdin));
        return answer;
      },
    });
  }
}
