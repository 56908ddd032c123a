import type { GuestDriveView, VirtualMachineView } from "../view";
import { element } from "./element";
import type { Scene } from "./history";

/** Draws virtual machines with their devices, and what their guests show and hold. */
export class VirtualMachines {
  private readonly drawn = new Map<string, { readonly card: HTMLElement; shown: VirtualMachineView }>();

  constructor(
    private readonly list: HTMLElement,
    private readonly hasHands: () => boolean,
  ) {}

  draw(scene: Scene): void {
    for (const item of scene.values()) if (item.kind === "virtual machine") this.drawOne(item);
    for (const [key, { card }] of this.drawn)
      if (!scene.has(key)) {
        card.remove();
        this.drawn.delete(key);
      }
  }

  private drawOne(vm: VirtualMachineView): void {
    const known = this.drawn.get(vm.key);
    if (known?.shown === vm) return;
    const card = known?.card ?? element("li", { class: "virtual-machine", "data-id": vm.id });
    if (!known) this.list.append(card);
    this.drawn.set(vm.key, { card, shown: vm });
    card.dataset["power"] = vm.power;
    const focusedAt = card.contains(document.activeElement)
      ? (document.activeElement as HTMLElement).dataset["address"]
      : undefined;
    card.replaceChildren(
      element(
        "div",
        { class: "vm-head" },
        element("h3", {}, vm.name),
        element("p", { class: "power" }, vm.power),
        element("p", {}, vm.hostName ? `on ${vm.hostName}` : ""),
      ),
      vm.devices.length > 0 ? this.devices(vm) : element("p", { class: "none" }, "No passthrough device."),
    );
    if (focusedAt) card.querySelector<HTMLElement>(`button[data-address="${CSS.escape(focusedAt)}"]`)?.focus();
  }

  private devices(vm: VirtualMachineView): HTMLElement {
    return element(
      "ul",
      { class: "devices" },
      ...vm.devices.map(({ address, name }) => {
        const drive = vm.guest?.drives.find(({ hostAddress }) => hostAddress === address);
        return element(
          "li",
          { "data-address": address },
          element("p", { class: "model", title: name }, element("code", {}, address), ` ${name}`),
          vm.guest && element("p", { class: "guest" }, ...guestWords(drive)),
          this.hasHands() && drive && holdButton(vm, drive),
        );
      }),
    );
  }
}

function guestWords(drive: GuestDriveView | undefined): (string | HTMLElement)[] {
  if (!drive) return ["Guest: not shown"];
  const { address, disk, serialNumber, holds } = drive;
  return [
    "Guest: ",
    element("code", {}, address),
    ` ${disk}, ${serialNumber}`,
    ...(holds.length > 0 ? [", ", element("strong", {}, holds.join(", "))] : []),
  ];
}

function holdButton({ id, name }: VirtualMachineView, { hostAddress, disk, holds }: GuestDriveView): HTMLElement {
  const act = holds.length > 0 ? "unmount" : "mount";
  const word = holds.length > 0 ? "Unmount" : "Mount";
  return element(
    "button",
    {
      type: "button",
      "data-act": act,
      "data-virtual-machine": id,
      "data-address": hostAddress,
      "aria-label": `${word} ${disk} (${hostAddress}) in the guest of ${name}`,
    },
    word,
  );
}
