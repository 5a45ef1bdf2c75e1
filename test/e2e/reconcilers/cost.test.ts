// Cost follows the change: what another node's pod costs this node, in system calls and processes.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { stringify } from 'yaml';
import { openPinnedMaps } from '../../../loader/programs/pinned-maps.ts';
import { daemonOf } from '../../../lab/daemon.ts';
import { nodeNamed } from '../../../lab/lab.ts';
import { testLab } from '../../support/lab.ts';
import { syncsSince } from '../../support/syncs.ts';
import { until } from '../../support/until.ts';

t.setTimeout(600_000);

/** More than it takes; a dump of a table of this lab's size is one. */
const BPF_CALLS = 10;
const CHANGES = 200;
const CHANGES_PER_SECOND = 20;
/** A comparison with the kernel that is due anyway may fall into what is measured: then it is measured again. */
const TRIES = 20;

const lab = await testLab(t, { podsPerNode: 2, config: { log: { level: 'debug' } } });
const node = nodeNamed(lab, 'n1');
const pid = daemonOf(node)?.pid ?? 0;
const directory = mkdtempSync(join(tmpdir(), 'heddle-cost-'));
t.teardown(() => rmSync(directory, { recursive: true }));

/** A pod of the other node; another number is another address of it. */
function writePod(number: number): void {
  const ip = `10.244.2.${20 + (number % 200)}`;
  const pod = {
    ...{ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'many', namespace: 'default' } },
    ...{ spec: { nodeName: 'n2' }, status: { podIPs: [{ ip }] } },
  };
  writeFileSync(join(lab.manifests, 'many.yaml'), stringify(pod));
}

/** The address of `writePod` is in the map. */
function isWritten(number: number): boolean {
  const maps = openPinnedMaps(node.pinRoot);
  try {
    return [...maps.hd_endpoint.keys()].some(({ addr }) => addr === `10.244.2.${20 + (number % 200)}`);
  } finally {
    for (const map of Object.values(maps)) map[Symbol.dispose]();
  }
}

/** System calls of the daemon's threads and children meanwhile, a line each. */
async function traced(action: () => Promise<void>): Promise<readonly string[]> {
  const file = join(directory, 'strace');
  const strace = spawn('strace', [
    '-f',
    '-e',
    'trace=bpf,execve,sendto,sendmsg',
    '-o',
    file,
    '-p',
    String(pid),
  ]);
  await once(strace.stderr, 'data'); // 'Process … attached'
  await action();
  strace.kill('SIGINT');
  await once(strace, 'exit');
  return readFileSync(file, 'utf8').trimEnd().split('\n');
}

t.test("one address of another node's pod: a few calls of bpf(2), no netlink, no process", async t => {
  for (let number = 1; number <= TRIES; number++) {
    const offset = readFileSync(node.logFile, 'utf8').length;
    const calls = await traced(async () => {
      writePod(number);
      t.ok(await until(() => isWritten(number)), 'it is in the map');
      await sleep(300); // what follows from it
    });
    const syncs = syncsSince(node, offset);
    if (syncs.some(({ causes }) => !causes.includes('pods'))) continue;
    // Once a second the daemon looks whether its pins are there, whatever happens.
    const bpf = calls.filter(line => /bpf\((?!BPF_OBJ_GET)/.test(line));
    // So it looks at the MACs of new pods: one RTM_GETLINK, no dump.
    const isMacOfPod = (line: string): boolean => /nlmsg_type=0x12\b.*NLM_F_REQUEST\|NLM_F_ACK,/.test(line);
    const others = calls.filter(line => /(sendto|sendmsg|execve)\(/.test(line) && !isMacOfPod(line));
    t.ok(bpf.length <= BPF_CALLS, `${bpf.length} calls:\n${bpf.join('\n')}`);
    t.strictSame(others, [], 'neither netlink nor a process');
    t.strictSame([...new Set(syncs.map(({ reconciler }) => reconciler))], ['tables'], 'tables alone');
    return;
  }
  t.fail(`in ${TRIES} tries something else ran each time`);
});

t.test(`${CHANGES} changes, ${CHANGES_PER_SECOND} a second: nobody runs for them but tables`, async t => {
  const offset = readFileSync(node.logFile, 'utf8').length;
  const before = cpuSeconds();
  for (let number = 1; number <= CHANGES; number++) {
    writePod(number);
    await sleep(1_000 / CHANGES_PER_SECOND);
  }
  t.ok(await until(() => isWritten(CHANGES)));
  t.comment(`${(cpuSeconds() - before).toFixed(2)} s of CPU`);
  const busy = syncsSince(node, offset).filter(({ causes }) => causes.includes('pods'));
  t.ok(busy.length > 0);
  t.strictSame([...new Set(busy.map(({ reconciler }) => reconciler))], ['tables']);
  const isOwn = (cause: string): boolean =>
    ['interval', 'nftables-own', 'nftables-forward', 'start'].includes(cause);
  const nft = syncsSince(node, offset).filter(({ reconciler }) => /masquerade|firewall/.test(reconciler));
  t.ok(
    nft.every(({ causes }) => causes.every(isOwn)),
    `no nft process for them: ${JSON.stringify(nft)}`,
  );
});

/** Of the daemon, user and system (proc(5), fields 14 and 15 of stat, in clock ticks of 10 ms). */
function cpuSeconds(): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}
