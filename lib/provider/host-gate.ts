interface Gate {
  /** The end of the last exclusive work. */
  closed: Promise<unknown>;
  /** Exclusive work is under way, or waits for its turn. */
  busy: boolean;
  /** The ends of the shared works begun since. */
  open: Promise<unknown>[];
}

/**
 * Who may work on a host at the same time, in this process: changes of the host itself one after another and alone;
 * work that only needs the host to stay as it is, such as a power cycle of a virtual machine on it, side by side.
 * Whoever takes a virtual machine as well (`Connection.exclusively`) takes it first: the other way round two could wait
 * for each other.
 */
export class HostGate {
  private readonly gates = new Map<string, Gate>();

  alone<T>(hostId: string, work: () => Promise<T>): Promise<T> {
    const before = this.gateOf(hostId);
    const result = Promise.all([before.closed, ...before.open]).then(work);
    const ended = (): void => void (gate.busy = false);
    const gate: Gate = { closed: result.then(ended, ended), busy: true, open: [] };
    this.gates.set(hostId, gate);
    return result;
  }

  /** `work` is told whether it had to wait: the host is another one then than when it was decided on. */
  together<T>(hostId: string, work: (waited: boolean) => Promise<T>): Promise<T> {
    const gate = this.gateOf(hostId);
    const waited = gate.busy;
    const result = gate.closed.then(() => work(waited));
    gate.open.push(result.catch(() => undefined));
    return result;
  }

  private gateOf(hostId: string): Gate {
    const gate = this.gates.get(hostId) ?? { closed: Promise.resolve(), busy: false, open: [] };
    this.gates.set(hostId, gate);
    return gate;
  }
}
