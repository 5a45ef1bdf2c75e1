// What a runtime sends, made wrong in every way, to a plugin that watches its own memory: an answer or an error, always.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import t from 'tap';
import { builtFile } from '../../../lab/installation.ts';
import { mutated } from '../../support/fuzz/mutate.ts';
import { Random } from '../../support/policy/random/random.ts';
import { seedFrom } from '../../support/policy/random/seed.ts';
import { serve } from '../../unit/api/served.ts';
import { configuration, pluginEnvironment } from './plugin.ts';

/** `make fuzz` asks for more. */
const INPUTS = Number(process.env['FUZZ_RUNS'] ?? 400);
const AT_ONCE = 4;
/** What a sanitizer ends a process with. */
const SANITIZER_EXIT = 86;
/** A mutated name of `socket` leaves the default one, beside which deletes are kept. */
const WITH_OWN_RUN = 'mount -t tmpfs none /run && exec "$0"';
const COMMANDS = ['ADD', 'DEL', 'CHECK', 'GC', 'STATUS', 'VERSION'] as const;

t.setTimeout(1_800_000);

const env = {
  ASAN_OPTIONS: `exitcode=${SANITIZER_EXIT}:detect_leaks=0`,
  UBSAN_OPTIONS: `halt_on_error=1:exitcode=${SANITIZER_EXIT}`,
};

interface Run {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

async function runSanitized(variables: NodeJS.ProcessEnv, stdin: Buffer): Promise<Run> {
  const child = spawn(
    'unshare',
    ['--mount', 'sh', '-c', WITH_OWN_RUN, builtFile('test/heddle-cni-sanitized')],
    {
      env: { PATH: process.env['PATH'], ...variables, ...env },
    },
  );
  const output = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk: Buffer) => (output.stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output.stderr += chunk.toString()));
  child.stdin.on('error', () => undefined); // it may answer before it has read everything
  child.stdin.end(stdin);
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, ...output };
}

function faultOf({ code, stdout, stderr }: Run): string | undefined {
  if (code !== 0 && code !== 1) return `it ended with ${code ?? 'a signal'}: ${stderr.slice(0, 600)}`;
  if (code === 0) return undefined;
  try {
    const error = JSON.parse(stdout) as { code?: unknown; msg?: unknown };
    const isError = typeof error.code === 'number' && typeof error.msg === 'string' && error.msg !== '';
    return isError ? undefined : `it failed with ${stdout}`;
  } catch {
    return `it failed, and printed no JSON: ${stdout}`;
  }
}

t.test('standard input and environment', async t => {
  const { socketPath } = await serve(t);
  const seed = seedFrom(process.env);
  const random = new Random(seed);
  const original = Buffer.from(
    configuration({
      socket: socketPath,
      ...{ timeoutSeconds: 5, ipam: {}, dns: { nameservers: ['10.0.0.10'] } },
      runtimeConfig: { portMappings: [{ hostPort: 8080, containerPort: 80, protocol: 'tcp' }] },
      prevResult: { cniVersion: '1.1.0', interfaces: [{ name: 'eth0' }], ips: [{ address: '10.1.0.5/32' }] },
      'cni.dev/valid-attachments': [{ containerID: 'c1', ifname: 'eth0' }],
    }),
  );
  const counts = { answered: 0, refused: 0 };
  const faults: string[] = [];

  const one = async (): Promise<void> => {
    const stdin = mutated(random, original);
    const args = mutated(random, Buffer.from('IgnoreUnknown=1;K8S_POD_NAMESPACE=shop;K8S_POD_NAME=web-0'));
    const variables = random.chance(0.3) ? { CNI_ARGS: args.toString('latin1').replaceAll('\0', '') } : {};
    const run = await runSanitized(pluginEnvironment(random.pick(COMMANDS), variables), stdin);
    counts[run.code === 0 ? 'answered' : 'refused']++;
    const fault = faultOf(run);
    if (fault !== undefined) faults.push(`${fault}: ${stdin.toString('hex')}`);
  };

  for (let i = 0; i < INPUTS; i += AT_ONCE) await Promise.all(Array.from({ length: AT_ONCE }, one));
  t.comment(`${counts.answered} were answered, ${counts.refused} refused`);
  t.ok(counts.answered > 0 && counts.refused > 0);
  t.strictSame(faults.slice(0, 5), [], `SEED=${seed}`);
});
