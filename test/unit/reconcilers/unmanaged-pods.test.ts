// Pods of this node without an interface of Heddle's are told once they have stayed so, and only those.
import t from 'tap';
import { loadConfig } from '../../../loader/config.ts';
import type { Attachment } from '../../../loader/model/attachment.ts';
import { emptyCluster, podKey, type PodObject } from '../../../loader/model/objects.ts';
import { UnmanagedPods } from '../../../loader/reconcilers/unmanaged-pods.ts';
import { pod } from '../model/cluster.ts';

const config = loadConfig({ argv: [], env: {}, readFile: () => undefined, hostname: 'a' });
const running = { phase: 'Running' } as const;

function world(
  pods: readonly PodObject[],
  attached: readonly string[] = [],
): Parameters<UnmanagedPods['problems']>[0] {
  return {
    config,
    cluster: () => ({ ...emptyCluster, pods: new Map(pods.map(each => [podKey(each), each])) }),
    attachments: () =>
      attached.map(name => ({ pod: { namespace: 'default', name } }) as unknown as Attachment),
    unfinished: () => [],
  };
}

t.test('another plugin made one, cleanup left one: both are named, after a while and once', t => {
  let now = 0;
  const unmanaged = new UnmanagedPods(() => now);
  const pods = [
    pod('bridged', 'a', ['10.88.0.7'], running),
    pod('left', 'a', ['10.1.0.9', 'fd00:1::9'], running),
    pod('ours', 'a', ['10.1.0.2'], running),
  ];
  t.strictSame(unmanaged.problems(world(pods, ['ours'])), [], 'a sandbox may just be made anew');
  now = 10_000;
  t.strictSame(unmanaged.problems(world(pods, ['ours'])), [], 'not looked through again so soon');
  now = 30_000;
  const [problem, ...more] = unmanaged.problems(world(pods, ['ours']));
  t.match(
    problem,
    /without an interface of Heddle.*: default\/bridged 10\.88\.0\.7, default\/left 10\.1\.0\.9 fd00:1::9: /,
  );
  t.match(problem, /delete these pods, and they are made anew$/);
  t.strictSame(more, []);
  now = 60_000;
  t.strictSame(unmanaged.problems(world([])), [], 'deleted');
  t.end();
});

const others: Readonly<Record<string, PodObject>> = {
  "another node's": pod('p', 'b', ['10.2.0.2'], running),
  'in the network of its node': pod('p', 'a', ['192.0.2.1'], { ...running, hostNetwork: true }),
  'one that has ended': pod('p', 'a', ['10.1.0.9'], { phase: 'Succeeded' }),
  'one that terminates': pod('p', 'a', ['10.1.0.9'], { ...running, isTerminating: true }),
  'a reservation': pod('p', 'a', ['10.1.0.9'], { phase: 'Pending' }),
  'one without an address yet': pod('p', 'a', [], running),
};
for (const [title, one] of Object.entries(others))
  t.test(`${title}: nothing is missing`, t => {
    let now = 0;
    const unmanaged = new UnmanagedPods(() => now);
    for (now = 0; now < 200_000; now += 30_000) t.strictSame(unmanaged.problems(world([one])), []);
    t.end();
  });

t.test('many are counted', t => {
  let now = 0;
  const unmanaged = new UnmanagedPods(() => now);
  const pods = Array.from({ length: 40 }, (_, i) => pod(`p${i}`, 'a', [`10.88.0.${i + 1}`], running));
  unmanaged.problems(world(pods));
  now = 30_000;
  const [problem] = unmanaged.problems(world(pods));
  t.match(problem, /default\/p4 10\.88\.0\.5 and 35 more: /);
  t.end();
});
