// heddlectl lab, as a newcomer uses it.
import { existsSync, readFileSync } from 'node:fs';
import { constants } from 'node:os';
import t, { type Test } from 'tap';
import { labDown } from '../../../lab/down.ts';
import { NIC_PROFILES } from '../../../lab/nic-profile.ts';
import { heddlectl, heddlectlJson, outcomeOf, startHeddlectl } from '../../support/heddlectl.ts';
import { labName } from '../../support/lab.ts';
import { tracesOf } from '../../support/traces.ts';
import { until } from '../../support/until.ts';

t.test('up, list, exec and down', async t => {
  const name = labName();
  t.teardown(() => labDown(name));
  const up = await heddlectl(
    'lab',
    'up',
    '--name',
    name,
    '--nodes',
    '2',
    '--pods',
    '1',
    '--ipv6',
    '--underlay',
    'routed',
  );
  t.match(up, { code: 0, stdout: /n2-p1 +fd00:244:0:2::2/, stderr: /2 daemons/ });

  const labs = (await heddlectlJson('lab', 'list')) as { options: { name: string } }[];
  t.match(
    labs.find(({ options }) => options.name === name),
    {
      nodes: [{ name: 'n1', netns: `/run/netns/hd-${name}-n1`, daemonPid: Number }, { name: 'n2' }],
      pods: [{ name: 'n1-p1', addresses: ['fd00:244:0:1::2'] }, { name: 'n2-p1' }],
    },
  );
  const exec = ['lab', 'exec', '--lab', name];
  const ping = await heddlectl(...exec, 'n1-p1', '--', 'ping', '-n', '-c', '1', '-W', '2', 'fd00:244:0:2::2');
  t.match(ping, { code: 0, stdout: /1 received/ });
  t.match(
    await heddlectl(...exec, 'n1', 'sh', '-c', 'exit 7'),
    { code: 7 },
    "the status is the command's own",
  );
  t.match(await heddlectl(...exec, 'n1', 'sh', '-c', 'kill -KILL $$'), { code: 137 }, 'also of a signal');
  const nobody = await heddlectl(...exec, 'n9', '--', 'true');
  t.match(nobody, {
    code: 1,
    stderr: /has no pod or node named 'n9': it has n1-p1, n2-p1, n1, n2, outside and fabric/,
  });

  for (const signal of ['SIGTERM', 'SIGINT', 'SIGQUIT', 'SIGHUP'] as const)
    await endsBySignal(t, signal, [...exec, 'n1', '--', 'sleep', '600']);
  await endsBySignal(t, 'SIGTERM', ['--lab', name, '--node', 'n1', 'doctor']);

  t.match(await heddlectl('lab', 'down', name), { code: 0, stderr: /is down/ });
  t.strictSame(tracesOf(name), []);
  t.match(await heddlectl('lab', 'down', name), { code: 1, stderr: /^heddlectl: no lab is named '/ });
});

/** A supervisor knows only the process that it has started: a signal to that one ends the other too. */
async function endsBySignal(t: Test, signal: NodeJS.Signals, words: readonly string[]): Promise<void> {
  const title = `${words.at(-1) ?? ''} by ${signal}`;
  const outer = startHeddlectl(...words);
  const ended = outcomeOf(outer);
  t.ok(await until(() => childrenOf(outer.pid).length > 0), `${title}: it runs`);
  const [inner] = childrenOf(outer.pid);
  outer.kill(signal);
  t.match(await ended, { code: 128 + constants.signals[signal] }, title);
  t.notOk(existsSync(`/proc/${inner}`), `${title}: nothing is left`);
}

function childrenOf(pid: number | undefined): string[] {
  const words = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ');
  return words.filter(word => word !== '');
}

t.test('NIC profiles are listed, chosen by commas, and refused when they are none', async t => {
  const { stdout } = await heddlectl('lab', 'up', '--help');
  const lines = stdout.split('\n').map(line => line.trim().split(/ {2,}/));
  for (const [name, { text }] of Object.entries(NIC_PROFILES))
    t.ok(
      lines.some(([first, second]) => first === name && second === text),
      name,
    );
  t.match(await heddlectl('lab', 'up', '--nic', 'vlan0,perfect'), {
    code: 2,
    stdout: '',
    stderr:
      /^heddlectl: --nic cannot be 'perfect': use default, .*vip, or one of them at one node, as in vlan0@n1\n$/,
  });
  t.match(await heddlectl('lab', 'up', '--nic', 'silent-mtu'), {
    code: 2,
    stderr: /^heddlectl: --nic silent-mtu needs a router between the nodes: use --underlay routed or .*\n$/,
  });
});
