import type net from 'node:net';
import type { HeadwaterError } from '../domain/errors';
import type { HttpFault, TranslateFault } from './http-fault';

export interface GateLimits {
  /** From opening to closing; ms. */
  readonly totalTimeoutMs: number;
  readonly maxReceivedBytes: number;
  /** Totals so far; called for each chunk, so be quick. */
  readonly onBytes?: (received: number, sent: number) => void;
  readonly onFault?: (fault: HeadwaterError) => void;
  readonly translate: TranslateFault;
}

/**
 * What every gate holds its one job to: its time, the bytes that it may receive, and the first thing that goes wrong beyond
 * it, which is told once. `cutOff` ends whatever is under way, and is called at each fault.
 */
export class GateWatch {
  #fault: HeadwaterError | null = null;
  #total: NodeJS.Timeout | undefined;
  #ended = false;
  #received = 0;
  #sent = 0;

  constructor(
    private readonly limits: GateLimits,
    private readonly cutOff: () => void,
  ) {}

  get fault(): HeadwaterError | null {
    return this.#fault;
  }

  get receivedBytes(): number {
    return this.#received;
  }

  get sentBytes(): number {
    return this.#sent;
  }

  /** Listens on a free port of the loopback address, which it answers; the job's time runs from then on. */
  async listen(server: net.Server): Promise<number> {
    const { totalTimeoutMs } = this.limits;
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(0, '127.0.0.1', resolve);
    });
    this.#total = setTimeout(() => this.fail({ kind: 'timeout', totalTimeoutMs }), totalTimeoutMs);
    return (server.address() as net.AddressInfo).port;
  }

  readonly received = (bytes: number): void => {
    this.#received += bytes;
    this.#tell();
    const limit = this.limits.maxReceivedBytes;
    if (this.#received > limit) this.fail({ kind: 'too_large', limit });
  };

  readonly sent = (bytes: number): void => {
    this.#sent += bytes;
    this.#tell();
  };

  fail(fault: HttpFault): void {
    if (this.#fault === null && !this.#ended) {
      this.#fault = this.limits.translate(fault);
      this.limits.onFault?.(this.#fault);
    }
    this.cutOff();
  }

  /** The job is over: nothing that is cut off from now on is a fault. */
  end(): void {
    this.#ended = true;
    clearTimeout(this.#total);
    this.cutOff();
  }

  #tell(): void {
    this.limits.onBytes?.(this.#received, this.#sent);
  }
}
