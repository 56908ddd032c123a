import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { splitServerAddress } from "../../environment/server-address";
import { EmbeddedVcenter } from "../../simulator/embedded-vcenter";
import type { Guests } from "../../simulator/guests/guests";
import { trustFolder } from "../../simulator/trusted-folder";
import { carryOut, describeHands } from "./hands";
import { type Command, type CommandContext, type CommandInput, UsageError } from "../command";

/** Runs the embedded vCenter until it is told to stop. */
export const simulateCommand: Command = {
  name: "simulate",
  summary:
    "Run the embedded vCenter: a vCenter for trying out and testing, with hosts, drives and virtual machines " +
    "of its own.",
  positionals: [],
  options: {
    listen: { type: "string", value: "HOST:PORT", description: "Where it listens. Default: a free port on 127.0.0.1." },
    inventory: {
      type: "string",
      value: "FILE",
      description: "Its hosts, drives and virtual machines, as JSON. Default: a small one of its own.",
    },
    keep: {
      type: "string",
      value: "FOLDER",
      description: "Keep what is there in this folder, and go on from it at the next start. Default: forget it.",
    },
    user: {
      type: "string",
      value: "NAME",
      description: "Accept only this user, with the password in VSPHERE_PASSWORD. Default: any.",
    },
    anyone: {
      type: "boolean",
      description: "Let other machines in that --listen reaches, with any user and password.",
    },
    guests: {
      type: "boolean",
      description: "Give each virtual machine that runs a guest: an SSH server on loopback that shows its drives.",
    },
    json: { type: "boolean", description: "Print one JSON object: url, ca_file, log_url, page_url, environment." },
    "until-stdin-closes": {
      type: "boolean",
      description: "Stop when standard input ends, as it does when the starting process ends.",
    },
  },
  notes: [
    "It prints the environment variables that point terraform and cdktf to it, for the providers hotplug and",
    "vmware/vsphere alike, and stays until SIGINT or SIGTERM.",
    ...describeHands(),
    "The log of all calls is at GET /log, as JSON. The page whose address it prints shows slots, calls and guests in a",
    "browser of this machine, and changes the hardware, too.",
    "With --keep, hosts, drives and virtual machines outlive it, however it ends, and so does its certificate; " +
      "give --listen, too,",
    "for the same address. Sessions, tasks and the log of calls do not.",
  ],
  async run(input, context) {
    const vcenter = await start(input, context);
    if (vcenter.isReachable && !vcenter.isGuarded) {
      if (!input.options["anyone"]) {
        await vcenter.stop();
        throw new UsageError(
          `--listen ${String(input.options["listen"])} is reached from other machines, and any user and ` +
            "password would do there. Give --user NAME with the password in VSPHERE_PASSWORD, or users in the " +
            "inventory, or --anyone.",
        );
      }
      context.stderr.write(
        "Warning: whoever reaches this machine may log in, with any password, and pull drives: --anyone says so.\n",
      );
    }
    const directory = vcenter.caFile && !vcenter.guests ? undefined : mkdtempSync(join(tmpdir(), "vsphere-hotplug-"));
    try {
      const caFile = vcenter.caFile ?? join(directory!, "ca.pem");
      if (!vcenter.caFile) writeFileSync(caFile, vcenter.caPem);
      const guests = vcenter.guests && layGuestFiles(vcenter.guests, directory!);
      const trust = trustFolder(dirname(caFile), context.environment);
      const pageUrl = await vcenter.servePage();
      announce(vcenter, { ...vcenter.environment(caFile), ...trust, ...guests }, { caFile, pageUrl, input, context });
      await serveInput(vcenter, input, context);
    } finally {
      if (directory) rmSync(directory, { recursive: true, force: true });
      await vcenter.stop();
    }
    return 0;
  },
};

function start({ options }: CommandInput, { environment }: CommandContext): Promise<EmbeddedVcenter> {
  const { listen, inventory, keep, user } = options as Record<string, string | undefined>;
  const password = environment["VSPHERE_PASSWORD"];
  if (user !== undefined && !password)
    throw new UsageError("--user needs the user's password in the environment variable VSPHERE_PASSWORD.");
  return EmbeddedVcenter.start({
    ...(listen !== undefined && { listen: parseListen(listen) }),
    ...(inventory !== undefined && { inventory }),
    ...(keep !== undefined && { keep }),
    ...(options["guests"] === true && { guests: true }),
    ...(user !== undefined && password && { credentials: { user, password } }),
  });
}

function parseListen(text: string): { host: string; port: number } {
  const { host, port } = splitServerAddress(text) ?? {};
  if (host !== undefined && port !== undefined) return { host, port };
  throw new UsageError(`--listen ${text}: write HOST:PORT, such as 127.0.0.1:8989 or [::1]:8989.`);
}

/** The files that ssh, and the provider's guest_ssh, need to log in to the guests; known_hosts follows them. */
function layGuestFiles(guests: Guests, directory: string): Record<string, string> {
  const [keyFile, knownHosts] = [join(directory, "guest_key"), join(directory, "known_hosts")];
  writeFileSync(keyFile, guests.clientKey, { mode: 0o600 });
  guests.onChange = () =>
    writeFileSync(
      knownHosts,
      guests.endpoints.map(({ host, port, hostKey }) => `[${host}]:${port} ${hostKey}\n`).join(""),
    );
  guests.onChange();
  return { HOTPLUG_SSH_PRIVATE_KEY: keyFile, HOTPLUG_SSH_KNOWN_HOSTS: knownHosts };
}

function announce(
  vcenter: EmbeddedVcenter,
  variables: Record<string, string>,
  {
    caFile,
    pageUrl,
    input: { options },
    context,
  }: { caFile: string; pageUrl: string; input: CommandInput; context: CommandContext },
): void {
  const { stdout, stderr } = context;
  const logUrl = new URL("/log", vcenter.url).href;
  if (options["json"]) {
    const told = { url: vcenter.url, ca_file: caFile, log_url: logUrl, page_url: pageUrl, environment: variables };
    stdout.write(`${JSON.stringify(told)}\n`);
    return;
  }
  // Who named a user has the password in the environment already; shown, it would be in the log of a pipeline.
  const isKnown = (name: string): boolean => options["user"] !== undefined && name === "VSPHERE_PASSWORD";
  stdout.write(
    Object.entries(variables)
      .filter(([name]) => !isKnown(name))
      .map(([name, value]) => `export ${name}=${shellQuote(value)}\n`)
      .join(""),
  );
  stderr.write(
    `The embedded vCenter runs at ${vcenter.url}. Its call log: ${logUrl}\nSee it, and pull drives, in a browser: ` +
      `${pageUrl}\nIt stops on Ctrl-C. Type "pull HOST DEVICE" or "plug HOST DEVICE" to change the hardware.\n`,
  );
  const [guest] = vcenter.guests?.endpoints ?? [];
  if (guest)
    stderr.write(
      `Each virtual machine that runs has a guest: guest = { port = ${guest.port} }. By hand: ssh -i ` +
        `$HOTPLUG_SSH_PRIVATE_KEY -o UserKnownHostsFile=$HOTPLUG_SSH_KNOWN_HOSTS -p ${guest.port} ` +
        `root@${guest.host} lspci -Dnn\n`,
    );
}

function shellQuote(value: string): string {
  return /^[\w.:/@-]+$/.test(value) ? value : `'${value.replaceAll("'", "'\\''")}'`;
}

/** Carries out what is typed until it is time to stop. */
async function serveInput(
  vcenter: EmbeddedVcenter,
  { options }: CommandInput,
  { stdin, stderr, signal }: CommandContext,
): Promise<void> {
  const lines = createInterface({ input: stdin });
  // One after the other, as they were typed.
  let work = Promise.resolve();
  lines.on("line", (line) => {
    if (line.trim() === "") return;
    const answer = work.then(() => carryOut(vcenter, line));
    work = answer.then(
      (done) => void stderr.write(`${done}\n`),
      (error: unknown) => void stderr.write(`${error instanceof Error ? error.message : String(error)}\n`),
    );
  });
  await new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener("abort", () => resolve(), { once: true });
    if (options["until-stdin-closes"]) lines.once("close", () => resolve());
  });
  lines.close();
  await work;
}
