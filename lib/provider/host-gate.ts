interface Gate {
  /** The end of the last exclusive work. */
  closed: Promise<unknown>;
  /** The ends of the shared works begun since. */
  open: Promise<unknown>[];
}

/**
 * Who may work on a host at the same time, in this process: changes of the host itself one after another and alone;
 * work that only needs the host to stay as it is, such as a power cycle of a virtual machine on it, side by side.
 */
export class HostGate {
  private readonly gates = new Map<string, Gate>();

  alone<T>(hostId: string, work: () => Promise<T>): Promise<T> {
    const gate = this.gateOf(hostId);
    const result = Promise.all([gate.closed, ...gate.open]).then(work);
    this.gates.set(hostId, { closed: result.catch(() => undefined), open: [] });
    return result;
  }

  together<T>(hostId: string, work: () => Promise<T>): Promise<T> {
    const gate = this.gateOf(hostId);
    const result = gate.closed.then(work);
    gate.open.push(result.catch(() => undefined));
    return result;
  }

  private gateOf(hostId: string): Gate {
    const gate = this.gates.get(hostId) ?? { closed: Promise.resolve(), open: [] };
    this.gates.set(hostId, gate);
    return gate;
  }
}
