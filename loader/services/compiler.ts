// Compiles Services and EndpointSlices step by step: a changed object costs its Service, and those that claim its addresses.
import type { Addr } from 'ip';
import { changedKeys } from '../collections/map-diff.ts';
import { MultiMap } from '../collections/multi-map.ts';
import { MapDraft } from '../collections/persistent-map.ts';
import { StableIds } from '../collections/stable-ids.ts';
import {
  serviceOfSlice,
  type EndpointSliceKey,
  type EndpointSliceObject,
  type ServiceKey,
  type ServiceObject,
} from '../model/service-objects.ts';
import { AddressClaims, addressesOf } from './address-claims.ts';
import { BackendSets } from './backend-sets.ts';
import { compileService, isServed, portName } from './compile-service.ts';
import { NO_ROWS, sizeOf, sumOf } from './services-size.ts';
import type { CompiledPort, CompiledServices, Frontend, Place, Vip } from './service-rows.ts';

export interface ServicesInput {
  readonly services: ReadonlyMap<ServiceKey, ServiceObject>;
  readonly endpointSlices: ReadonlyMap<EndpointSliceKey, EndpointSliceObject>;
  readonly place: Place;
}

/** The number that an earlier process gave to a frontend's port; undefined: none. */
export type FormerId = (frontend: Frontend) => number | undefined;

const NOTHING: Omit<ServicesInput, 'place'> = { services: new Map(), endpointSlices: new Map() };
const FIRST_ID = 1;

export class ServiceCompiler {
  readonly sets = new BackendSets();
  readonly #formerId: FormerId;
  readonly #ids = new StableIds(FIRST_ID);
  readonly #claims = new AddressClaims();
  readonly #slicesOf = new MultiMap<ServiceKey, EndpointSliceKey>();
  readonly #ports = new MapDraft<ServiceKey, readonly CompiledPort[]>();
  readonly #vips = new MapDraft<Addr, Vip>();
  readonly #problems = new Map<ServiceKey, readonly string[]>();
  #sentences: readonly string[] = [];
  #input: ServicesInput | undefined;
  #compiled = 0;
  #size = NO_ROWS;

  constructor(formerId: FormerId = () => undefined) {
    this.#formerId = formerId;
  }

  /** Services compiled since the start: what changes cost. */
  get compiledServices(): number {
    return this.#compiled;
  }

  /** Parts that have not changed are the same objects. */
  update(input: ServicesInput): CompiledServices {
    const before = this.#input ?? { ...NOTHING, place: input.place };
    this.#input = input;
    const touched = new Set(changedKeys(before.services, input.services));
    this.#indexSlices(before, input, touched);
    const hasMoved = before.place.node !== input.place.node || before.place.zone !== input.place.zone;
    if (hasMoved) for (const key of input.services.keys()) touched.add(key);
    const addrs = new Set<Addr>();
    const affected = new Set(touched);
    for (const key of touched) this.#claim(key, { before, input }, { addrs, affected });
    // in an order of their own, so that numbers depend on the objects and not on when they came
    for (const key of [...affected].sort()) this.#compile(key, input);
    for (const addr of addrs) this.#decideVip(addr);
    return {
      ports: this.#ports.seal(),
      vips: this.#vips.seal(),
      problems: this.#sentences,
      size: this.#size,
    };
  }

  #indexSlices(
    before: Pick<ServicesInput, 'endpointSlices'>,
    input: ServicesInput,
    touched: Set<ServiceKey>,
  ): void {
    for (const key of changedKeys(before.endpointSlices, input.endpointSlices)) {
      const [old, now] = [before.endpointSlices.get(key), input.endpointSlices.get(key)];
      const [from, to] = [old && serviceOfSlice(old), now && serviceOfSlice(now)];
      if (from !== undefined) this.#slicesOf.delete(from, key);
      if (to !== undefined) this.#slicesOf.add(to, key);
      for (const service of [from, to]) if (service !== undefined) touched.add(service);
    }
  }

  /** Collects the addresses whose claims may have changed, and the Services that claim them. */
  #claim(
    key: ServiceKey,
    { before, input }: { readonly before: Pick<ServicesInput, 'services'>; readonly input: ServicesInput },
    { addrs, affected }: { readonly addrs: Set<Addr>; readonly affected: Set<ServiceKey> },
  ): void {
    const [old, now] = [servedAt(before, key), servedAt(input, key)];
    if (old === now) return;
    for (const each of this.#claims.set(key, now)) affected.add(each);
    for (const addr of [...addressesOf(old), ...addressesOf(now)]) addrs.add(addr);
  }

  #compile(key: ServiceKey, input: ServicesInput): void {
    const before = this.#ports.get(key) ?? [];
    this.#size = sumOf(this.#size, sizeOf(before), -1);
    const service = servedAt(input, key);
    const names = new Set<string>();
    if (service === undefined) this.#ports.delete(key);
    else {
      this.#compiled++;
      const slices = [...this.#slicesOf.get(key)]
        .sort()
        .flatMap(each => input.endpointSlices.get(each) ?? []);
      const { ports, problems } = compileService(service, slices, {
        ...{ place: input.place, claims: this.#claims, sets: this.sets },
        idOf: (name, frontend) => this.#idOf(name, frontend),
      });
      for (const port of service.ports) names.add(portName(key, port));
      this.#ports.set(key, ports);
      this.#size = sumOf(this.#size, sizeOf(ports), 1);
      this.#noteProblems(key, problems);
    }
    if (service === undefined) this.#noteProblems(key, []);
    this.#release(before, names);
  }

  /** After the new ones were acquired: a set that stays is the same object. */
  #release(before: readonly CompiledPort[], names: ReadonlySet<string>): void {
    for (const port of before) {
      for (const { set } of port.frontends) this.sets.release(set);
      const name = portName(port.service, port);
      if (!names.has(name)) this.#ids.free(name);
    }
  }

  #idOf(name: string, frontend: Frontend | undefined): number {
    const former = frontend && this.#formerId(frontend);
    if (former !== undefined) this.#ids.adopt(name, former);
    return this.#ids.allocate(name);
  }

  #decideVip(addr: Addr): void {
    const [first] = this.#claims.of(addr);
    const known = this.#vips.get(addr);
    if (first === undefined) this.#vips.delete(addr);
    else if (known?.name !== first.name || known.namespace !== first.namespace)
      this.#vips.set(addr, { namespace: first.namespace, name: first.name });
  }

  #noteProblems(key: ServiceKey, problems: readonly string[]): void {
    if (problems.length === 0 && !this.#problems.has(key)) return;
    if (problems.length === 0) this.#problems.delete(key);
    else this.#problems.set(key, problems);
    this.#sentences = [...this.#problems.values()].flat().sort();
  }
}

function servedAt({ services }: Pick<ServicesInput, 'services'>, key: ServiceKey): ServiceObject | undefined {
  const service = services.get(key);
  return service !== undefined && isServed(service) ? service : undefined;
}
