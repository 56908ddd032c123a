import { checkRules } from "../../hotplug/rules/rules";
import { explain } from "../../hotplug/rules/violation";
import { errorDiagnostic, type Diagnostic } from "../../tfplugin6/diagnostic";
import { containsUnknown, type ObjectValue, type Value } from "../../tfplugin6/value";
import { parseDurationSeconds } from "../attributes/duration";
import { text } from "./model";

/** What is wrong with a configuration by itself. What is unknown or null is not judged. */
export function validatePassthroughDevices(config: ObjectValue): Diagnostic[] {
  const timeouts = (containsUnknown(config.timeouts) ? {} : (config.timeouts ?? {})) as ObjectValue;
  return [
    ...checkName("virtual_machine_id", config.virtual_machine_id),
    ...checkName("host_id", config.host_id),
    ...checkDevices(config.devices),
    ...checkOrder(text(config.order)),
    ...checkDuration(["wait_for_device"], config.wait_for_device),
    ...Object.entries(timeouts).flatMap(([name, value]) => checkLimit(["timeouts", name], value)),
  ];
}

function checkName(attribute: string, value: Value | undefined): Diagnostic[] {
  return typeof value === "string" && value.trim() === ""
    ? [errorDiagnostic(`${attribute} is empty`, "It has to name one object of vCenter's inventory.", [attribute])]
    : [];
}

function checkDevices(devices: Value | undefined): Diagnostic[] {
  if (!Array.isArray(devices)) return [];
  const unset = devices.includes(null)
    ? [
        errorDiagnostic(
          "devices has an element that is null",
          "Each element has to be a PCI address such as 0000:3b:00.0.",
          ["devices"],
        ),
      ]
    : [];
  const known = devices.filter((device): device is string => typeof device === "string");
  const declaredCount = containsUnknown(devices) ? known.length : devices.length;
  const violations = checkRules({ declaredCount, devices: known.map((address) => ({ address })) });
  return [
    ...unset,
    ...violations.map((violation) => errorDiagnostic(violation.summary, explain(violation), ["devices"])),
  ];
}

function checkOrder(order: string | undefined): Diagnostic[] {
  if (order === undefined || order === "remove_first" || order === "add_first") return [];
  return [
    errorDiagnostic(
      `order is neither "remove_first" nor "add_first": ${JSON.stringify(order)}`,
      "It says which calls come first when a change both adds and removes.",
      ["order"],
    ),
  ];
}

function checkDuration(path: string[], value: Value | undefined): Diagnostic[] {
  if (typeof value !== "string" || parseDurationSeconds(value) !== undefined) return [];
  return [
    errorDiagnostic(
      `${path.join(".")} is not a duration: ${JSON.stringify(value)}`,
      'Write it like "90s", "10m" or "1h30m".',
      path,
    ),
  ];
}

function checkLimit(path: string[], value: Value | undefined): Diagnostic[] {
  if (text(value) === undefined || parseDurationSeconds(text(value)!) !== 0) return checkDuration(path, value);
  return [
    errorDiagnostic(
      `${path.join(".")} leaves no time for anything: ${JSON.stringify(value)}`,
      "A limit has to be longer than zero.",
      path,
    ),
  ];
}
