import type { World } from "../core/world";
import { VirtualMachine } from "../objects/virtual-machine/virtual-machine";
import { GuestSystem } from "./guest";
import { runInGuest } from "./shell";
import { makeKey, SshServer } from "./ssh-server";

/** How the guest of a virtual machine is reached. */
interface GuestEndpoint {
  readonly virtualMachine: string;
  readonly host: string;
  readonly port: number;
  /** As known_hosts has it. */
  readonly hostKey: string;
}

/**
 * The guests of all virtual machines that run: an SSH server each on loopback, with a host key of its own. Each has an
 * address of its own in 127.1.0.0/16 and all one port, where the system gives such addresses (Linux does).
 */
export class Guests {
  /** The key that may log in to each. */
  readonly clientKey = makeKey();
  private readonly systems = new Map<string, GuestSystem>();
  private readonly servers = new Map<string, SshServer>();
  private port = 0;
  private count = 0;
  private work: Promise<void> = Promise.resolve();

  /** Told when an endpoint has come or gone. */
  onChange: () => void = () => undefined;

  constructor(private readonly world: World) {}

  async start(): Promise<void> {
    this.world.changes.listen(() => this.notice());
    this.notice();
    await this.work;
  }

  /** Those that can be reached now. */
  get endpoints(): GuestEndpoint[] {
    return [...this.servers].map(([virtualMachine, { host, port, hostKey }]) => ({
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
    this.servers.get(vm.ref.id)?.disconnect();
  }

  async stop(): Promise<void> {
    await this.work;
    await Promise.all([...this.servers.values()].map((server) => server.stop()));
    this.servers.clear();
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

  private notice(): void {
    const all = this.world.all(VirtualMachine);
    for (const vm of all) this.systemOf(vm).notice();
    const running = new Map(all.filter(({ powerState }) => powerState === "poweredOn").map((vm) => [vm.ref.id, vm]));
    this.work = this.work.then(() => this.bring(running)).catch(() => undefined);
  }

  /** One after the other, so that no virtual machine gets two servers. */
  private async bring(running: ReadonlyMap<string, VirtualMachine>): Promise<void> {
    let changed = false;
    for (const [id, server] of this.servers) {
      if (running.has(id)) continue;
      this.servers.delete(id);
      changed = true;
      await server.stop();
    }
    for (const [id, vm] of running) {
      if (this.servers.has(id) || this.world.end.signal.aborted) continue;
      const number = ++this.count;
      const server = await SshServer.start({
        host: `127.1.${number >> 8}.${(number & 255) + 1}`,
        port: this.port,
        clientKey: this.clientKey,
        run: async (command, stdin) => runInGuest(this.systemOf(vm), command, stdin),
      });
      if (server.host !== "127.0.0.1") this.port = server.port;
      this.servers.set(id, server);
      vm.guestAddress = server.host;
      changed = true;
    }
    if (changed) this.onChange();
  }
}
