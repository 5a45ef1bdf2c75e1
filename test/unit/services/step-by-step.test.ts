// Whatever comes in whatever order: the compiler that saw each step has what one has that sees only the end.
import t from 'tap';
import { parseAddr } from 'ip';
import type { EndpointSliceObject, ServiceObject } from '../../../loader/model/service-objects.ts';
import { ServiceCompiler } from '../../../loader/services/compiler.ts';
import type { CompiledServices } from '../../../loader/services/service-rows.ts';
import { randomOf } from './random.ts';
import { endpoint, inputOf, service, slice } from './objects.ts';

const ROUNDS = 60;
const STEPS = 25;

for (let seed = 1; seed <= ROUNDS; seed++)
  t.test(`world ${seed}`, t => {
    const random = randomOf(seed);
    const services = new Map<string, ServiceObject>();
    const slices = new Map<string, EndpointSliceObject>();
    let zone: string | undefined = 'z1';
    const compiler = new ServiceCompiler();
    let stepwise = compiler.update(inputOf([]));
    for (let step = 0; step < STEPS; step++) {
      const name = `s${random(6)}`;
      if (random(12) === 0) zone = [undefined, 'z1', 'z2'][random(3)];
      else if (random(2) === 0) change(services, name, () => randomService(name, random), random);
      else change(slices, `${name}-${random(3)}`, key => randomSlice(key, name, random), random);
      stepwise = compiler.update(inputOf([...services.values()], [...slices.values()], zone));
    }
    const atOnce = new ServiceCompiler().update(inputOf([...services.values()], [...slices.values()], zone));
    t.strictSame(plain(stepwise), plain(atOnce));
    t.end();
  });

type Random = ReturnType<typeof randomOf>;

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

function plain({ ports, vips, problems }: CompiledServices): unknown {
  return { ports: sorted(ports), vips: sorted(vips), problems };
}

function sorted<V>(map: ReadonlyMap<string, V>): readonly (readonly [string, V])[] {
  return [...map].sort(([a], [b]) => (a < b ? -1 : 1));
}
