// A small cluster whose Services and EndpointSlices change at random; by a seed, so that it can be played again.
import { parseAddr } from 'ip';
import type { EndpointSliceObject, ServiceObject } from '../../../loader/model/service-objects.ts';
import type { ServicesInput } from '../../../loader/services/compiler.ts';
import { endpoint, inputOf, service, slice } from './objects.ts';
import { randomOf } from './random.ts';

type Random = ReturnType<typeof randomOf>;

export class RandomServices {
  readonly #random: Random;
  readonly #services = new Map<string, ServiceObject>();
  readonly #slices = new Map<string, EndpointSliceObject>();
  #zone: string | undefined = 'z1';

  constructor(seed: number) {
    this.#random = randomOf(seed);
  }

  get input(): ServicesInput {
    return inputOf([...this.#services.values()], [...this.#slices.values()], this.#zone);
  }

  /** One change. */
  step(): ServicesInput {
    const random = this.#random;
    const name = `s${random(6)}`;
    if (random(12) === 0) this.#zone = [undefined, 'z1', 'z2'][random(3)];
    else if (random(2) === 0) change(this.#services, name, () => randomService(name, random), random);
    else change(this.#slices, `${name}-${random(3)}`, key => randomSlice(key, name, random), random);
    return this.input;
  }
}

function change<T>(held: Map<string, T>, key: string, make: (key: string) => T, random: Random): void {
  if (random(4) === 0) held.delete(key);
  else held.set(key, make(key));
}

function randomService(name: string, random: Random): ServiceObject {
  const address = (): ReturnType<typeof parseAddr> => parseAddr(`10.96.0.${random(6)}`);
  return service({
    name,
    clusterIps: random(8) === 0 ? [] : [address(), ...(random(2) ? [parseAddr('fd00::1')] : [])],
    externalIps: random(3) === 0 ? [address()] : [],
    internalTrafficPolicy: random(3) === 0 ? 'Local' : 'Cluster',
    createdAtMs: random(3),
    affinityS: random(2) * 60,
    ports: [
      { name: '', protocol: 'TCP', port: 80 + random(2) },
      ...(random(2) ? [{ name: 'dns', protocol: 'UDP' as const, port: 53 }] : []),
    ],
  });
}

function randomSlice(name: string, serviceName: string, random: Random): EndpointSliceObject {
  const endpoints = Array.from({ length: random(4) }, () =>
    endpoint(`10.1.0.${random(5)}`, {
      isReady: random(3) > 0,
      isTerminating: random(3) === 0,
      nodeName: random(2) ? 'a' : 'b',
      ...(random(2) && { hints: { zones: [`z${1 + random(2)}`], nodes: [] } }),
    }),
  );
  const ports = [
    { name: '', protocol: 'TCP' as const, port: 8080 },
    { name: 'dns', protocol: 'UDP' as const, port: 53 },
  ];
  return slice(endpoints, { name, serviceName, ports });
}
