/** How long the embedded vCenter's operations take, in milliseconds of its clock. */
export interface Timings {
  /** From a task's creation until it runs. */
  readonly queueMs: number;
  /** Adding or removing a passthrough device of a running VM. */
  readonly hotPlugMs: number;
  /** Any other reconfiguration. */
  readonly reconfigureMs: number;
  /** From the change's effect until its task says so. */
  readonly publishMs: number;
  readonly powerMs: number;
  /** From the request to shut down until the guest is off. */
  readonly guestShutdownMs: number;
  readonly hostRebootMs: number;
  readonly maintenanceMs: number;
}

export const defaultTimings: Timings = {
  queueMs: 5,
  hotPlugMs: 300,
  reconfigureMs: 100,
  publishMs: 10,
  powerMs: 400,
  guestShutdownMs: 800,
  hostRebootMs: 3000,
  maintenanceMs: 200,
};
