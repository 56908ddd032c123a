import { printable } from "../printable";
import { faultText } from "./fault-text";
import type { VimConnectionError, ConnectionErrorKind } from "./wire/connection-error";
import type { VimFault } from "./wire/fault";

/** How whoever asked calls an argument: the provider by name and environment variable, the command by the latter. */
export interface Voice {
  /** `user (VSPHERE_USER)`, or `VSPHERE_USER`. */
  full(argument: string): string;
  /** `user`, or `VSPHERE_USER`. */
  short(argument: string): string;
}

interface Explanation {
  summary: string;
  remedy(voice: Voice): string;
}

const CONNECTION: Record<ConnectionErrorKind, Explanation> = {
  unreachable: {
    summary: "vCenter can't be reached",
    remedy: ({ full }) => `Check ${full("vsphere_server")}, and the network between here and there.`,
  },
  untrusted_certificate: {
    summary: "vCenter's certificate is not trusted",
    remedy: ({ full, short }) =>
      `Give the certificate of its authority with ${full("ca_file")}. ${short("allow_unverified_ssl")} = true ` +
      "switches the check off and is for test systems only.",
  },
  wrong_host_name: {
    summary: "vCenter's certificate is for another name",
    remedy: ({ short }) => `Use the name that is in the certificate as ${short("vsphere_server")}.`,
  },
  timeout: {
    summary: "vCenter did not answer in time",
    remedy: ({ short }) => `Try again later, or raise ${short("api_timeout")}.`,
  },
  bad_answer: {
    summary: "vCenter's answer can't be read",
    remedy: ({ short }) => `Check that ${short("vsphere_server")} is a vCenter, and not a proxy or another service.`,
  },
  aborted: { summary: "The request to vCenter was interrupted", remedy: () => "Run the command again." },
};

/** What went wrong on the way to vCenter, as one line and as a paragraph with the way out. */
export function explainConnectionError(error: VimConnectionError, voice: Voice): { summary: string; detail: string } {
  const { summary, remedy } = CONNECTION[error.kind];
  const unknown = error.outcomeUnknown
    ? " The call may have been carried out all the same: look at the virtual machine before trying again."
    : "";
  return { summary, detail: `${error.message} ${remedy(voice)}${unknown}` };
}

/** What vCenter answered, as one line and as a paragraph with the way out where there is one. */
export function explainFault(fault: VimFault, voice: Voice): { summary: string; detail: string } {
  const answer = `vCenter answered ${faultText(fault)}`;
  switch (fault.type) {
    case "InvalidLogin":
      return {
        summary: "vCenter refused the user or the password",
        detail: `${answer} Check ${voice.full("user")} and ${voice.full("password")}.`,
      };
    case "NoPermission": {
      const object = fault.object ? `${fault.object.type} ${fault.object.value}` : "the object";
      return {
        summary: "The vCenter account lacks a privilege",
        detail:
          `${answer} The account needs the privilege ${fault.privilegeId ?? "(not named)"} on ${object}: ask for a ` +
          "role that has it.",
      };
    }
    default:
      return { summary: `vCenter answered ${printable(fault.type)}`, detail: answer };
  }
}
