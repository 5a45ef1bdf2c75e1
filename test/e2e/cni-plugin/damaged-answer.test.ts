// A real answer, cut at every byte and damaged at random: the plugin always ends in the specification's form.
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import fc from 'fast-check';
import t, { type Test } from 'tap';
import { scratchFolder, serve } from '../../unit/api/served.ts';
import { configuration, pluginEnvironment, runPlugin, type PluginRun } from './plugin.ts';

async function listen(t: Test, speak: (client: Socket) => void): Promise<string> {
  const socket = join(scratchFolder(t), 'heddled.sock');
  const server: Server = createServer(client => {
    client.on('error', () => undefined);
    speak(client);
  }).listen(socket);
  await once(server, 'listening');
  t.teardown(() => server.close());
  return socket;
}

/** The bytes that a real server answers one ADD with. */
async function recordAnswer(t: Test): Promise<Buffer> {
  const { socketPath } = await serve(t);
  const chunks: Buffer[] = [];
  const socket = await listen(t, client => {
    const upstream = connect(socketPath);
    client.pipe(upstream).pipe(client);
    upstream.on('data', (chunk: Buffer) => chunks.push(chunk));
    upstream.on('error', () => undefined);
  });
  const run = await runPlugin(pluginEnvironment('ADD'), configuration({ socket }));
  t.equal(run.exitCode, 0, run.stdout);
  return Buffer.concat(chunks);
}

/** One server for many answers: what it says next is set from outside. */
async function speaker(t: Test): Promise<(answer: Uint8Array) => Promise<PluginRun>> {
  let next: Uint8Array = Buffer.alloc(0);
  const socket = await listen(t, client => {
    client.once('data', () => client.end(next));
  });
  const config = configuration({ socket, timeoutSeconds: 1 });
  return async answer => {
    next = answer;
    return await runPlugin(pluginEnvironment('ADD'), config);
  };
}

/** What is wrong with the form of a run; undefined when it is the specification's. */
function formProblem(run: PluginRun): string | undefined {
  if (run.stderr !== '') return `standard error says ${run.stderr}`;
  const json = JSON.parse(run.stdout) as Readonly<Record<string, unknown>>;
  if (run.exitCode === 0) return undefined;
  if (run.exitCode !== 1) return `exit code ${String(run.exitCode)}`;
  const isError = typeof json['code'] === 'number' && json['code'] > 0 && typeof json['msg'] === 'string';
  return isError ? undefined : `no error object: ${run.stdout}`;
}

t.test('an answer that is cut short is an error, at whichever byte', async t => {
  const answer = await recordAnswer(t);
  const ask = await speaker(t);
  let succeeded = 0;
  for (let length = 0; length < answer.length; length++) {
    const run = await ask(answer.subarray(0, length));
    t.equal(formProblem(run), undefined, `cut after ${length} of ${answer.length} bytes`);
    if (run.exitCode === 0) succeeded++;
  }
  // Whatever follows the trailers belongs to the connection, not to the answer.
  t.ok(succeeded < 64, `${succeeded} cut answers were taken for whole ones`);
});

t.test('an answer that is damaged is a result or an error, never anything else', async t => {
  const answer = await recordAnswer(t);
  const ask = await speaker(t);
  const damage = fc.array(fc.tuple(fc.nat(answer.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 });
  await fc.assert(
    fc.asyncProperty(damage, async changes => {
      const damaged = Buffer.from(answer);
      for (const [offset, value] of changes) damaged[offset] = value;
      const problem = formProblem(await ask(damaged));
      if (problem !== undefined) throw new Error(problem);
    }),
    { numRuns: 300 },
  );
  t.pass('whatever is damaged');
});
