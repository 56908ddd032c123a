import type { Schema } from "../tfplugin6/schema";
import { guestSshAttribute } from "./guest-ssh";
import { optional } from "./attributes/attribute";

/** The provider's arguments. They are named as in vmware/vsphere, so that one set of variables serves both. */
export const providerSchema: Schema = {
  version: 0,
  description:
    "Hot-adds and hot-removes NVMe passthrough devices of vSphere virtual machines, one device a call, each " +
    "call verified.",
  attributes: {
    vsphere_server: optional(
      "string",
      "The vCenter, as `host` or `host:port` (port 443 unless given). Default: the environment variable " +
        "`VSPHERE_SERVER`.",
    ),
    user: optional("string", "The user to log in as. Default: the environment variable `VSPHERE_USER`."),
    password: {
      ...optional(
        "string",
        "The user's password. Default: the environment variable `VSPHERE_PASSWORD`, which is the better place: " +
          "a literal in a stack lands in `cdk.tf.json` and in saved plans.",
      ),
      sensitive: true,
    },
    allow_unverified_ssl: optional(
      "bool",
      "Accept any certificate from the server; each run then warns. Default: the environment variable " +
        "`VSPHERE_ALLOW_UNVERIFIED_SSL`, else false. `ca_file` is the safe way to accept a self-signed " +
        "certificate.",
    ),
    ca_file: optional(
      "string",
      "Path of a PEM bundle of certificates to trust instead of the system's. Default: the environment " +
        "variable `VSPHERE_CA_FILE`.",
    ),
    api_timeout: optional(
      "number",
      "The longest time, in minutes, that one request to vCenter, or one read with all its pages, may take. Default: " +
        "the environment variable `VSPHERE_API_TIMEOUT`, else 5.",
    ),
    guest_ssh: guestSshAttribute,
  },
};
