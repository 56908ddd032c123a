import type { Call, Operations } from "../../core/operation";
import type { TaskOptions } from "../../core/tasks";
import { Fault } from "../../fault";
import type { Reference } from "../../value";
import type { HostSystem } from "./host-system";

/** A host's maintenance mode, restart and connection. */
export const hostOperations = (host: HostSystem): Operations => ({
  EnterMaintenanceMode_Task: {
    privilege: "Host.Config.Maintenance",
    run: ({ timeout }, call) => {
      host.requireConnected();
      return start(host, call, {
        name: "enterMaintenanceMode",
        cancelable: true,
        work: (cancelled) => enterMaintenanceMode(host, timeout as number, cancelled),
      });
    },
  },
  ExitMaintenanceMode_Task: {
    privilege: "Host.Config.Maintenance",
    run: (_args, call) => {
      host.requireConnected();
      const work = (): void => {
        requireMaintenanceMode(host);
        host.setMaintenanceMode(false);
      };
      return start(host, call, { name: "exitMaintenanceMode", work });
    },
  },
  RebootHost_Task: {
    privilege: "Host.Config.Maintenance",
    run: ({ force }, call) => {
      host.requireConnected();
      if (force !== true) requireMaintenanceMode(host);
      return start(host, call, { name: "reboot", work: () => reboot(host) });
    },
  },
  DisconnectHost_Task: {
    privilege: "Host.Config.Connection",
    run: (_args, call) =>
      start(host, call, { name: "disconnect", work: () => host.setConnectionState("disconnected") }),
  },
  ReconnectHost_Task: {
    privilege: "Host.Config.Connection",
    run: (_args, call) => start(host, call, { name: "reconnect", work: () => host.setConnectionState("connected") }),
  },
  RetrieveHardwareUptime: { run: () => host.uptimeSeconds },
});

const start = (
  host: HostSystem,
  call: Call,
  { name, ...options }: { name: string } & Pick<TaskOptions, "work" | "cancelable">,
): Reference =>
  host.world.tasks.start({
    ...options,
    descriptionId: `HostSystem.${name}`,
    entity: host,
    call,
    durationMs: host.world.timings.maintenanceMs,
  });

function requireMaintenanceMode(host: HostSystem): void {
  if (!host.inMaintenanceMode) throw new Fault("InvalidState", `${host.name} is not in maintenance mode`);
}

/** In a cluster with DRS what can move leaves for another host; the task waits until the rest is off. */
async function enterMaintenanceMode(host: HostSystem, timeoutSeconds: number, cancelled: AbortSignal): Promise<void> {
  const { world } = host;
  const others = host.compute.drs ? host.compute.hosts.filter((other) => other !== host && other.available) : [];
  for (const vm of [...host.virtualMachines]) {
    if (vm.powerState === "poweredOn" && vm.canMove && others[0]) vm.moveTo(others[0]);
  }
  const limit = timeoutSeconds > 0 ? world.now().getTime() + timeoutSeconds * 1000 : Infinity;
  while (host.virtualMachines.some((vm) => vm.powerState === "poweredOn")) {
    const left = limit - world.now().getTime();
    if (left <= 0) throw new Fault("Timedout", `Virtual machines still run on ${host.name}`);
    const over = new AbortController();
    const signal = AbortSignal.any([over.signal, cancelled, world.end.signal]);
    try {
      await Promise.race([world.changes.next(signal), ...(left === Infinity ? [] : [world.sleep(left, signal)])]);
    } finally {
      over.abort();
    }
  }
  host.setMaintenanceMode(true);
}

/** Its virtual machines don't survive it. */
function reboot(host: HostSystem): void {
  for (const vm of host.virtualMachines) if (vm.powerState === "poweredOn") vm.powerOff();
  host.restart();
}
