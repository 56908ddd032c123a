import { Fault } from "../../fault";
import type { Reference } from "../../value";
import type { HostSystem } from "./host-system";
import type { Call, Operations } from "../managed-object";
import { powerOff } from "../virtual-machine/power";
import type { Task } from "../task/task-manager";
import { esxcliOperations } from "./esxcli";

/** A host's maintenance mode, restart and connection. */
export const hostOperations = (host: HostSystem): Operations => ({
  ...esxcliOperations(host),
  EnterMaintenanceMode_Task: {
    privilege: "Host.Config.Maintenance",
    run: ({ timeout }, call) => {
      requireConnected(host);
      return start(host, "enterMaintenanceMode", call, (task) => enterMaintenanceMode(host, timeout as number, task), {
        cancelable: true,
      });
    },
  },
  ExitMaintenanceMode_Task: {
    privilege: "Host.Config.Maintenance",
    run: (_args, call) => {
      requireConnected(host);
      return start(host, "exitMaintenanceMode", call, () => {
        if (!host.inMaintenanceMode) throw new Fault("InvalidState", `${host.name} is not in maintenance mode`);
        host.inMaintenanceMode = false;
        host.world.changes.announce();
      });
    },
  },
  RebootHost_Task: {
    privilege: "Host.Config.Maintenance",
    run: ({ force }, call) => {
      requireConnected(host);
      if (force !== true && !host.inMaintenanceMode)
        throw new Fault("InvalidState", `${host.name} is not in maintenance mode`);
      return start(host, "reboot", call, () => reboot(host));
    },
  },
  DisconnectHost_Task: {
    privilege: "Host.Config.Connection",
    run: (_args, call) => start(host, "disconnect", call, () => host.setConnectionState("disconnected")),
  },
  ReconnectHost_Task: {
    privilege: "Host.Config.Connection",
    run: (_args, call) => start(host, "reconnect", call, () => host.setConnectionState("connected")),
  },
  RetrieveHardwareUptime: { run: () => Math.floor((host.world.now().getTime() - host.bootTime.getTime()) / 1000) },
});

function start(
  host: HostSystem,
  name: string,
  call: Call,
  work: (task: Task) => void | Promise<void>,
  options: { cancelable?: boolean } = {},
): Reference {
  return host.world.tasks.start({
    descriptionId: `HostSystem.${name}`,
    entity: host,
    call,
    durationMs: host.world.timings.maintenanceMs,
    work,
    ...options,
  }).ref;
}

function requireConnected(host: HostSystem): void {
  if (host.connectionState !== "connected")
    throw new Fault("HostNotConnected", `${host.name} is ${host.connectionState}`);
}

/**
 * Machines that can move leave for another host of the cluster; for those that can't, the task waits until they are
 * off.
 */
async function enterMaintenanceMode(host: HostSystem, timeoutSeconds: number, task: Task): Promise<void> {
  const { world } = host;
  const others = host.compute.hosts.filter((other) => other !== host && other.available);
  for (const vm of [...host.virtualMachines]) {
    if (vm.powerState === "poweredOn" && vm.canMove && others[0]) vm.moveTo(others[0]);
  }
  const limit = timeoutSeconds > 0 ? world.now().getTime() + timeoutSeconds * 1000 : Infinity;
  while (host.virtualMachines.some((vm) => vm.powerState === "poweredOn")) {
    const left = limit - world.now().getTime();
    if (left <= 0) throw new Fault("Timedout", `Virtual machines still run on ${host.name}`);
    const over = new AbortController();
    const signal = AbortSignal.any([over.signal, task.cancelled.signal, world.end.signal]);
    try {
      await Promise.race([world.changes.next(signal), ...(left === Infinity ? [] : [world.sleep(left, signal)])]);
    } finally {
      over.abort();
    }
  }
  host.inMaintenanceMode = true;
  world.changes.announce();
}

/** Its machines don't survive it. */
function reboot(host: HostSystem): void {
  for (const vm of host.virtualMachines) if (vm.powerState === "poweredOn") powerOff(vm);
  host.restart();
}
