import { hasError } from "../../lib/tfplugin6/diagnostic";
import { PluginClient } from "../support/plugin-client";
import { inProcessTransport, type PluginTransport } from "../support/plugin-transport";
import type { ProviderProcess } from "./world";

/** Terraform, and the runs of the provider that it starts: one for each of validate, plan and apply. */
export class ProviderRuns {
  terraform!: PluginClient;
  private transport?: PluginTransport;

  constructor(private readonly startProcess: () => ProviderProcess) {}

  /** Starts a run, which answers from now on. */
  async start(): Promise<ProviderProcess> {
    const process = this.startProcess();
    const { call } = inProcessTransport(process.provider);
    if (this.transport) this.transport.call = call;
    else this.terraform = await PluginClient.over((this.transport = { call, close: async () => undefined }));
    const diagnostics = await this.terraform.configure();
    if (hasError(diagnostics)) throw new Error(JSON.stringify(diagnostics));
    return process;
  }
}
