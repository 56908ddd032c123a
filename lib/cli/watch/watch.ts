import { formatId } from "../../hotplug/facts";
import { printable } from "../../printable";
import type { ObjectQuery } from "../../vim/session/object-query";
import type { Session } from "../../vim/session/session";
import { hostAloneOfVirtualMachine, hostsBelowFolder, virtualMachinesOfHost } from "../../vim/session/traversals";
import type { Command } from "../command";
import { manyNamedBy, resolveNamed, SELECTION_OPTIONS_OF_MANY, type Named } from "../selection";
import { json } from "../terminal";
import { ENVIRONMENT_NOTES, withVcenter } from "../vcenter";
import { WATCHED_PROPERTIES, type Change } from "./changes";
import { sentenceOf } from "./sentence";
import { watchChanges } from "./watcher";
import { WatchPage } from "./web";

/** Each change of devices, hosts and virtual machines as it happens. It only reads. */
export const watchCommand: Command = {
  name: "watch",
  summary: "Tell each change of NVMe devices, of their hosts and their virtual machines as it happens. It only reads.",
  positionals: [],
  options: {
    ...SELECTION_OPTIONS_OF_MANY,
    json: { type: "boolean", description: "Print one JSON object a line, one for each change." },
    web: { type: "boolean", description: "Show it on a page, too, for a browser on this machine." },
  },
  notes: [
    "It stays until Ctrl-C, which ends it with status 0. vCenter is not polled: it tells what changes. After an",
    "expired session or a restart of vCenter what is there is compared with what was known: each change comes once.",
    "A drive that leaves a virtual machine was removed by API unless its host loses it too, or vCenter's events say",
    "that nobody asked for it.",
    "--web prints the address of the page on standard error. The token in it lets that page in and nobody else; it can",
    "change nothing.",
    "",
    ...ENVIRONMENT_NOTES,
  ],
  async run(input, context) {
    const { stdout, stderr, signal } = context;
    const named = manyNamedBy(input, signal);
    const asJson = input.options["json"] === true;
    const onlyVms = named.vms.length > 0 && named.hosts.length === 0;
    let page: WatchPage | undefined;
    if (input.options["web"]) {
      page = await WatchPage.start(printable(context.environment["VSPHERE_SERVER"] ?? ""));
      stderr.write(`See it in a browser: ${page.url}\n`);
    }
    try {
      await withVcenter({ ...context, stays: true }, async (session) =>
        watchChanges(session, await queryOf(session, named), {
          signal,
          onStart: ({ hosts, virtualMachines }) =>
            stderr.write(
              `Watching ${hosts.size} hosts and ${virtualMachines.size} virtual machines. Ctrl-C ends it.\n`,
            ),
          onLook: (known) => page?.look(known),
          onInterruption: (error) => {
            page?.interrupted(error);
            stderr.write(`vCenter can't be asked, and is tried again: ${printable(error.message)}\n`);
          },
          onChange: (change) => {
            page?.changed(change);
            if (onlyVms && !change.virtualMachine && change.change !== "connection") return;
            const at = new Date().toISOString();
            stdout.write(asJson ? json(valueOf(change, at)) : `${at}  ${sentenceOf(change)}\n`);
          },
        }),
      );
    } catch (error) {
      if (!signal.aborted) throw error;
    } finally {
      await page?.stop();
    }
    return 0;
  },
};

/** What is followed: the named virtual machines with their hosts, hosts with their virtual machines, or everything. */
async function queryOf(session: Session, named: Named): Promise<ObjectQuery> {
  const properties = WATCHED_PROPERTIES;
  const { vms, hosts } = await resolveNamed(session, named);
  if (vms.length === 0 && hosts.length === 0) {
    const { rootFolder } = await session.content(named.signal);
    return {
      objects: [{ obj: rootFolder, skip: true, selectSet: hostsBelowFolder([virtualMachinesOfHost]) }],
      properties,
    };
  }
  return {
    objects: [
      ...vms.map((obj) => ({ obj, selectSet: [hostAloneOfVirtualMachine] })),
      ...hosts.map((obj) => ({ obj, selectSet: [virtualMachinesOfHost] })),
    ],
    properties,
  };
}

/** A change as scripts read it; what doesn't belong to it is null. */
function valueOf({ change, virtualMachine, host, address, device, from, to }: Change, at: string): object {
  return {
    at,
    change,
    virtual_machine: virtualMachine ?? null,
    host: host ?? null,
    address: address ?? null,
    device: device
      ? { vendor_id: formatId(device.vendorId), device_id: formatId(device.deviceId), name: device.name }
      : null,
    from: from ?? null,
    to: to ?? null,
  };
}
