import { mkdirSync, rmdirSync, readFileSync } from 'node:fs';
import t from 'tap';
import { AttachType, clsactFilter, loadObject } from '../src/index.ts';
import { testNetns } from './support/netns.ts';
import { objectSpec } from './support/objects.ts';

const object = loadObject(objectSpec('hooks'), { name: 'hooks' });
t.teardown(() => object[Symbol.dispose]());

function runs(who: number): bigint {
  return object.map('t_runs').get(who) as bigint;
}

for (const mode of ['generic', 'native'] as const) {
  t.test(`XDP, ${mode}: attached, replaced, detached`, t => {
    const netns = testNetns(t);
    const target = { ifindex: netns.near, mode, netns: netns.path };
    const link = object.program('reflect').attachXdp(target);
    t.match(link.info(), { kind: 'xdp', ifindex: netns.near });
    t.match(netns.run('ip', 'link', 'show', 'near'), mode === 'generic' ? /xdpgeneric/ : /xdp /);
    const before = runs(3);
    netns.send();
    t.ok(runs(3) > before);
    link.update(object.program('discard'));
    t.equal(link.info().programId, object.program('discard').info().id);
    t.throws(() => object.program('reflect').attachXdp(target), { code: 'EBUSY', operation: 'attach XDP' });
    link[Symbol.dispose]();
    t.notMatch(netns.run('ip', 'link', 'show', 'near'), /xdp/);
    t.end();
  });
}

t.test('cgroup: an attached program sees what its processes send', t => {
  const mounts = readFileSync('/proc/self/mounts', 'utf8');
  const root = / (\S+) cgroup2 /.exec(mounts)?.[1];
  t.ok(root !== undefined, 'a cgroup v2 is mounted');
  const path = `${root ?? ''}/libbpf-ts-${process.pid}`;
  mkdirSync(path);
  t.teardown(() => rmdirSync(path));
  const attachType = AttachType.CGROUP_INET_EGRESS;
  using link = object.program('account').attachCgroup({ path, attachType });
  t.match(link.info(), { kind: 'cgroup', attachType, programId: object.program('account').info().id });
  const before = runs(4);
  testNetns(t).run('sh', '-c', `echo $$ > ${path}/cgroup.procs && ping -c1 -W1 127.0.0.1`);
  t.ok(runs(4) > before);
  const nowhere = { path: `${path}/none`, attachType };
  t.throws(() => object.program('account').attachCgroup(nowhere), {
    code: 'ENOENT',
    operation: 'attach cgroup',
  });
  t.end();
});

t.test('netfilter: a program of a section that libbpf does not know sees packets', t => {
  const netns = testNetns(t);
  using netfilter = loadObject(objectSpec('netfilter'), { programs: ['accept'] });
  const target = { family: 'ipv4', hook: 'output', priority: -7, netns: netns.path } as const;
  using link = netfilter.program('accept').attachNetfilter(target);
  t.match(link.info(), { kind: 'netfilter', family: 2, hook: 3, priority: -7 });
  netns.run('ping', '-c1', '-W1', '127.0.0.1');
  t.equal(netfilter.map('t_runs').get(0), 2n, 'the echo and its reply, in this namespace only');
  t.throws(() => netfilter.program('accept').attachNetfilter(target), { code: 'EBUSY' });
  t.throws(() => object.program('first').attachNetfilter(target), { code: 'EINVAL' });
  t.end();
});

t.test('clsact: a filter is set, replaced in place, seen by others, and detached', t => {
  const netns = testNetns(t);
  const place = { priority: 3, handle: 1, netns: netns.path };
  const target = { ifindex: netns.near, direction: 'ingress', ...place } as const;
  const filter = object.program('first').attachClsact(target);
  t.equal(filter.programId(), object.program('first').info().id);
  object.program('second').attachClsact(target);
  t.equal(clsactFilter(target).programId(), object.program('second').info().id);
  t.match(
    netns.run('tc', 'filter', 'show', 'dev', 'near', 'ingress'),
    /pref 3 bpf .*handle 0x1 .*direct-action/s,
  );
  const before = runs(1);
  netns.send();
  t.ok(runs(1) > before);
  t.equal(filter.detach(), true);
  t.equal(filter.detach(), false);
  t.equal(clsactFilter(target).programId(), undefined);
  t.end();
});

t.test('clsact: a device without the qdisc has no filter', t => {
  const netns = testNetns(t);
  const target = {
    ifindex: netns.far,
    direction: 'egress',
    priority: 1,
    handle: 1,
    netns: netns.path,
  } as const;
  t.equal(clsactFilter(target).programId(), undefined);
  t.equal(clsactFilter(target).detach(), false);
  t.throws(() => object.program('first').attachClsact({ ...target, ifindex: 9999 }), { code: 'ENODEV' });
  t.end();
});
