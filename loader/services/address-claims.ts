// Which Service has which of its addresses: most are claimed by one alone.
import type { Addr } from 'ip';
import { MultiMap } from '../collections/multi-map.ts';
import {
  serviceKey,
  type ServiceKey,
  type ServiceObject,
  type ServicePort,
} from '../model/service-objects.ts';

export class AddressClaims {
  readonly #services = new Map<ServiceKey, ServiceObject>();
  readonly #claimants = new MultiMap<Addr, ServiceKey>();

  /** Undefined: it claims nothing. Answers the Services whose addresses may be theirs now, or may not be any more. */
  set(key: ServiceKey, service: ServiceObject | undefined): readonly ServiceKey[] {
    const before = this.#services.get(key);
    const [old, now] = [addressesOf(before), addressesOf(service)];
    for (const addr of old) if (!now.has(addr)) this.#claimants.delete(addr, key);
    for (const addr of now) if (!old.has(addr)) this.#claimants.add(addr, key);
    if (service === undefined) this.#services.delete(key);
    else this.#services.set(key, service);
    return [...new Set([...old, ...now])].flatMap(addr => [...this.#claimants.get(addr)]);
  }

  /** By precedence: a ClusterIP before an address from outside, then the older Service. */
  of(addr: Addr): readonly ServiceObject[] {
    const services = [...this.#claimants.get(addr)].flatMap(key => this.#services.get(key) ?? []);
    return services.length < 2 ? services : services.sort((a, b) => precedence(addr, a, b));
  }

  /** A ClusterIP is one Service's; other addresses may be shared, port by port. */
  ownerOf(addr: Addr, port: ServicePort): ServiceObject | undefined {
    const [first, ...others] = this.of(addr);
    if (first === undefined || others.length === 0 || first.clusterIps.includes(addr)) return first;
    return [first, ...others].find(({ ports }) => ports.some(each => isSamePort(each, port)));
  }
}

export function addressesOf(service: ServiceObject | undefined): ReadonlySet<Addr> {
  if (service === undefined) return new Set();
  return new Set([...service.clusterIps, ...service.externalIps, ...service.loadBalancerIps]);
}

function precedence(addr: Addr, a: ServiceObject, b: ServiceObject): number {
  const inside = Number(b.clusterIps.includes(addr)) - Number(a.clusterIps.includes(addr));
  if (inside !== 0) return inside;
  const age = (a.createdAtMs ?? Infinity) - (b.createdAtMs ?? Infinity);
  if (age !== 0 && !Number.isNaN(age)) return age;
  return serviceKey(a) < serviceKey(b) ? -1 : 1;
}

function isSamePort(a: ServicePort, b: ServicePort): boolean {
  return a.port === b.port && a.protocol === b.protocol;
}
