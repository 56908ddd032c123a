import { checkRules } from "../../hotplug/rules/rules";
import { explain } from "../../hotplug/rules/violation";
import { errorDiagnostic, type Diagnostic } from "../../tfplugin6/diagnostic";
import type { Attribute } from "../../tfplugin6/schema";
import { containsUnknown, type Value } from "../../tfplugin6/value";

/** What is wrong with an attribute's value by itself; it stands in the schema, beside the type and the description. */
type Check = NonNullable<Attribute["validate"]>;

/** A name that isn't empty. `what` it names: `host`. */
export function names(what: "host" | "virtual machine" | "object"): Check {
  return (value, path) =>
    complain(String(value).trim() === "", path, {
      summary: `${path.join(".")} is empty`,
      detail: `It has to name one ${what} of vCenter's inventory.`,
    });
}

/** One of a few words. `meaning`: what they are about, as a sentence. */
export function oneOf(choices: readonly string[], meaning: string): Check {
  const quoted = choices.map((choice) => JSON.stringify(choice));
  const none = choices.length === 2 ? `neither ${quoted.join(" nor ")}` : `none of ${quoted.join(", ")}`;
  return (value, path) =>
    complain(!choices.includes(value as string), path, {
      summary: `${path.join(".")} is ${none}: ${JSON.stringify(value)}`,
      detail: meaning,
    });
}

/** A whole number that hot plug needs at least. `detail`: what to write instead. */
export function atLeast(least: number, detail: string): Check {
  return (value, path) =>
    complain(!(Number.isInteger(Number(value)) && Number(value) >= least), path, {
      summary: `${path.join(".")} is ${String(value)}, and hot plug needs at least ${least}`,
      detail,
    });
}

/** PCI addresses. `limited`: no more than one virtual machine takes. */
export function pciAddresses({ limited }: { limited: boolean }): Check {
  return (value, path) => {
    const addresses = value as Value[];
    const known = addresses.filter((address): address is string => typeof address === "string");
    const declaredCount = containsUnknown(addresses) ? known.length : addresses.length;
    const violations = checkRules({
      ...(limited && { declaredCount }),
      devices: known.map((address) => ({ address })),
    });
    return [
      ...complain(addresses.includes(null), path, {
        summary: `${path.join(".")} has an element that is null`,
        detail: "Each element has to be a PCI address such as 0000:3b:00.0.",
      }),
      ...violations.map((violation) => errorDiagnostic(violation.summary, explain(violation), path)),
    ];
  };
}

/** Four hex digits, with 0x before them or without; or one of `others`. */
export function pciId(...others: string[]): Check {
  return (value, path) =>
    complain(parsePciId(value) === undefined && !others.includes(value as string), path, {
      summary: `${path.join(".")} is not four hex digits: ${JSON.stringify(value)}`,
      detail: 'Write it like "8086", as lspci -n does.',
    });
}

export function parsePciId(value: Value | undefined): number | undefined {
  const digits = typeof value === "string" ? /^(?:0x)?([0-9a-f]{4})$/i.exec(value)?.[1] : undefined;
  return digits === undefined ? undefined : Number.parseInt(digits, 16);
}

/** A regular expression as JavaScript reads one. */
export const regularExpression: Check = (value, path) =>
  complain(parseRegularExpression(value) === undefined, path, {
    summary: `${path.join(".")} is not a regular expression: ${JSON.stringify(value)}`,
    detail: "It is read as JavaScript reads one.",
  });

export function parseRegularExpression(source: Value | undefined): RegExp | undefined {
  try {
    return typeof source === "string" ? new RegExp(source) : undefined;
  } catch {
    return undefined;
  }
}

function complain(
  isWrong: boolean,
  path: readonly (string | number)[],
  { summary, detail }: { summary: string; detail: string },
): Diagnostic[] {
  return isWrong ? [errorDiagnostic(summary, detail, path)] : [];
}
