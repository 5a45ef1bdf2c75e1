// registrations_…: pods whose interfaces are there already, by RegisterPod and by RegisterPods.
import type { ClientDuplexStream } from '@grpc/grpc-js';
import { once } from 'node:events';
import { labDown } from '../../../lab/down.ts';
import { ipIn } from '../../../lab/iproute.ts';
import { DEFAULT_OPTIONS } from '../../../lab/plan.ts';
import { labUp } from '../../../lab/up.ts';
import { API, ApiClient } from '../../../loader/api/client.ts';
import type { heddle } from '../../../loader/api/proto.gen.js';
import type { BenchContext, Figure, Result } from '../figure.ts';
import { plain } from '../results.ts';

const LAB = 'benchregister';
/** Of a /24, as nodes commonly have. */
const PODS = 200;
/** Asked for at the same time. */
const CALLS_AT_ONCE = 32;
const AIM = { atLeast: 10_000 } as const;
const UNARY = { name: 'registrations_unary_per_s', unit: '1/s', aim: AIM };
const STREAM = { name: 'registrations_stream_per_s', unit: '1/s', aim: AIM };

export const registrations: Figure = {
  name: 'registrations',
  results: [UNARY.name, STREAM.name],
  isAlone: false,
  measure,
};

interface Registration {
  readonly containerId: string;
  readonly hostInterface: string;
  readonly mac: string;
}

async function measure({ isQuick, progress, signal }: BenchContext): Promise<readonly Result[]> {
  const rounds = isQuick ? 3 : 9;
  progress(`a lab of one node with ${PODS} devices`);
  await labDown(LAB);
  await using lab = await openLab(signal);
  const { client, pods } = lab;
  progress(`${PODS} pods, one call each and one stream for all, ${rounds} rounds`);
  const unary: number[] = [];
  const stream: number[] = [];
  for (let round = 0; round < rounds; round++) {
    signal.throwIfAborted();
    unary.push(await perSecond(client, pods, registerByCalls));
    stream.push(await perSecond(client, pods, registerByStream));
  }
  return [
    plain({ ...UNARY, note: `RegisterPod, ${CALLS_AT_ONCE} calls at once, ${PODS} pods` }, unary),
    plain({ ...STREAM, note: `RegisterPods, one stream, ${PODS} pods` }, stream),
  ];
}

interface RegistrationLab extends AsyncDisposable {
  readonly client: ApiClient;
  readonly pods: readonly Registration[];
}

async function openLab(signal: AbortSignal): Promise<RegistrationLab> {
  const single = { name: LAB, nodes: 1, podsPerNode: 0, families: 'ipv4' } as const;
  const config = { ipam: { reuseDelaySeconds: 0 } }; // the next round takes the same addresses
  const lab = await labUp({ ...DEFAULT_OPTIONS, ...single, config }, { signal });
  const [node] = lab.nodes;
  if (node === undefined) throw new RangeError('the lab has no node');
  const numbers = Array.from({ length: PODS }, (_, i) => i + 1);
  ipIn(
    node.netns,
    numbers.flatMap(number => [
      `link add reg${number} type veth peer name peer${number}`,
      ...[`reg${number}`, `peer${number}`].map(name => `link set ${name} up`),
    ]),
  );
  const client = new ApiClient(node.socket);
  return {
    client,
    pods: numbers.map(number => ({
      ...{ containerId: `registered-${number}`, hostInterface: `reg${number}` },
      mac: `02:00:00:00:99:${number.toString(16).padStart(2, '0')}`,
    })),
    [Symbol.asyncDispose]: () => {
      client[Symbol.dispose]();
      return labDown(LAB);
    },
  };
}

async function perSecond(
  client: ApiClient,
  pods: readonly Registration[],
  register: (client: ApiClient, pods: readonly Registration[]) => Promise<void>,
): Promise<number> {
  const start = performance.now();
  await register(client, pods);
  const seconds = (performance.now() - start) / 1e3;
  for (const { containerId } of pods) await client.ask(API.dataplane.unregisterPod, { containerId });
  return pods.length / seconds;
}

async function registerByCalls(client: ApiClient, pods: readonly Registration[]): Promise<void> {
  const due = pods.values();
  const worker = async (): Promise<void> => {
    for (const pod of due) await client.ask(API.dataplane.registerPod, pod);
  };
  await Promise.all(Array.from({ length: CALLS_AT_ONCE }, worker));
}

async function registerByStream(client: ApiClient, pods: readonly Registration[]): Promise<void> {
  const call: ClientDuplexStream<Registration, heddle.v1.RegisterPodsResponse> = client.openBidi(
    API.dataplane.registerPods,
  );
  let registered = 0;
  call.on('data', ({ code, message, containerId }: heddle.v1.RegisterPodsResponse) => {
    if (code !== 0) call.destroy(new Error(`${containerId}: ${message}`));
    registered += 1;
  });
  for (const pod of pods) call.write(pod);
  call.end();
  await once(call, 'end');
  if (registered !== pods.length) throw new Error(`of ${pods.length} pods ${registered} were answered for`);
}
