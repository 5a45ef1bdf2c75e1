// An attacher that keeps its attachments in memory: what the API's tests stand on in place of a kernel.
import { setTimeout as delay } from 'node:timers/promises';
import { type Addr, isIpv4, parseAddr, parseMac } from 'ip';
import type { AttachmentKey } from '../../../loader/model/attachment.ts';
import { HeddleError } from '../../../loader/errors.ts';
import type {
  Attacher,
  AttachRequest,
  AttachResult,
  CheckRequest,
  CheckResult,
  DetachRequest,
  StatusReason,
} from '../../../loader/api/cni/attacher.ts';

export class MemoryAttacher implements Attacher {
  readonly attachments = new Map<string, { request: AttachRequest; result: AttachResult }>();
  /** Every request as it came. */
  readonly added: AttachRequest[] = [];
  readonly deleted: DetachRequest[] = [];
  /** Reasons of `status`. */
  notReady: StatusReason[] = [];
  /** What `check` finds in the kernel. */
  problems: string[] = [];
  /** Thrown by the next calls, whatever they are. */
  failure: Error | undefined;
  /** How long `add` takes. */
  delayMs = 0;
  #next = 10;

  async add(request: AttachRequest, signal: AbortSignal): Promise<AttachResult> {
    this.added.push(request);
    this.#throwIfFailing();
    if (this.attachments.has(keyOf(request)))
      throw new HeddleError(
        'ENDPOINT_EXISTS',
        `container ${request.containerId} has ${request.ifname} already`,
      );
    if (this.delayMs > 0) await delay(this.delayMs, undefined, { signal }).catch(() => undefined);
    const result = this.#resultFor(request);
    this.attachments.set(keyOf(request), { request, result });
    return result;
  }

  async delete(request: DetachRequest): Promise<void> {
    this.deleted.push(request);
    this.#throwIfFailing();
    this.attachments.delete(keyOf(request));
    return Promise.resolve();
  }

  async check(request: CheckRequest): Promise<CheckResult> {
    this.#throwIfFailing();
    const found = this.attachments.get(keyOf(request));
    if (found === undefined)
      throw new HeddleError('ENDPOINT_MISSING', `container ${request.containerId} has no ${request.ifname}`);
    return Promise.resolve({ attached: found.result, problems: this.problems });
  }

  async gc(network: string, valid: readonly AttachmentKey[]): Promise<void> {
    this.#throwIfFailing();
    const keep = new Set(valid.map(keyOf));
    for (const [key, { request }] of this.attachments) {
      if (request.network === network && !keep.has(key)) this.attachments.delete(key);
    }
    return Promise.resolve();
  }

  async status(): Promise<readonly StatusReason[]> {
    this.#throwIfFailing();
    return Promise.resolve(this.notReady);
  }

  #throwIfFailing(): void {
    if (this.failure !== undefined) throw this.failure;
  }

  #resultFor({ ifname, addresses }: AttachRequest): AttachResult {
    const number = this.#next++;
    const [high, low] = [number >> 8, number & 0xff];
    const hex = [high + 1, low].map(byte => byte.toString(16).padStart(2, '0')).join(':');
    return {
      hostInterface: { name: `hd${number}`, mac: parseMac('02:00:00:00:00:01'), mtu: 1450 },
      podInterface: {
        name: ifname,
        mac: parseMac(`02:00:00:00:${hex}`),
        mtu: 1450,
      },
      addresses: [
        addresses.find(isIpv4) ?? parseAddr(`10.1.${high}.${low}`),
        addresses.find((address: Addr) => !isIpv4(address)) ?? parseAddr(`fd00:1::${number.toString(16)}`),
      ],
    };
  }
}

function keyOf({ containerId, ifname }: AttachmentKey): string {
  return `${containerId} ${ifname}`;
}
