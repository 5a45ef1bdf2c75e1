// Calls whose message is no message: each is answered with a status that blames the caller, or well, and the server goes on.
import { Client, credentials, status, type ServiceError } from '@grpc/grpc-js';
import t from 'tap';
import { API } from '../../../loader/api/client.ts';
import { mutated } from '../../support/fuzz/mutate.ts';
import { Random } from '../../support/policy/random/random.ts';
import { seedFrom } from '../../support/policy/random/seed.ts';
import { serve } from './served.ts';

/** `make fuzz` asks for more. */
const INPUTS = Number(process.env['FUZZ_INPUTS'] ?? 700);
const AT_ONCE = 20;
const DEADLINE_MS = 60_000;
/** A fault of the server's own. */
const OURS = new Set<status>([status.INTERNAL, status.UNKNOWN, status.DATA_LOSS, status.DEADLINE_EXCEEDED]);

const METHODS = [
  {
    method: API.dataplane.registerPod,
    message: { containerId: 'c', hostInterface: 'v', mac: '02:00:00:00:00:01' },
  },
  { method: API.dataplane.unregisterPod, message: { containerId: 'c' } },
  { method: API.dataplane.getEndpoint, message: { address: '10.244.1.2' } },
  { method: API.dataplane.listEndpoints, message: {} },
  { method: API.policy.applyPolicy, message: { manifest: '{"apiVersion":"networking.k8s.io/v1"}' } },
] as const;

t.test('bytes instead of messages', async t => {
  const { socketPath } = await serve(t);
  const client = new Client(`unix:${socketPath}`, credentials.createInsecure());
  t.teardown(() => client.close());
  const seed = seedFrom(process.env);
  const random = new Random(seed);
  const answers = new Map<string, number>();
  const faults: string[] = [];

  /** As grpc-js calls what is no message of the method's type (gRPC's own way, not ours). */
  const isUndecoded = ({ details }: ServiceError): boolean =>
    details.startsWith('Error deserializing request');

  const call = (path: string, bytes: Buffer): Promise<status> =>
    new Promise(resolve => {
      const deadline = Date.now() + DEADLINE_MS;
      const done = (error: ServiceError | null): void =>
        resolve(error !== null && isUndecoded(error) ? status.INVALID_ARGUMENT : (error?.code ?? status.OK));
      client.makeUnaryRequest(
        path,
        (one: Buffer) => one,
        one => one,
        bytes,
        { deadline },
        done,
      );
    });

  const one = async (): Promise<void> => {
    const { method, message } = random.pick(METHODS);
    const original = Buffer.from(method.requestSerialize(message as never));
    const bytes = mutated(random, original.length === 0 ? Buffer.from([0x0a, 0x01, 0x61]) : original);
    const code = await call(method.path, bytes);
    const name = status[code];
    answers.set(name, (answers.get(name) ?? 0) + 1);
    if (OURS.has(code)) faults.push(`${method.path} answers ${name} to ${bytes.toString('hex')}`);
  };

  for (let i = 0; i < INPUTS; i += AT_ONCE) await Promise.all(Array.from({ length: AT_ONCE }, one));
  t.comment([...answers].map(([name, times]) => `${name} ${times}`).join(', '));
  t.ok(answers.size > 1, 'answers of several kinds');
  t.strictSame(faults.slice(0, 10), [], `SEED=${seed}`);
});
