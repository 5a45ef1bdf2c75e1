// The status of a node in words, whole: its first line is one word, and what is well is not dwelt on.
import t from 'tap';
import {
  conditionOf,
  daemonReport,
  type DaemonReport,
  type Status,
} from '../../../cmd/heddlectl/node/status-report.ts';
import { describeStatus, statusRow } from '../../../cmd/heddlectl/node/status-text.ts';
import { heddle } from '../../../loader/api/proto.gen.js';

const SOCKET = '/run/heddle/heddled.sock';

/** As it comes over the socket. */
function reportOf(status: heddle.v1.IGetStatusResponse): DaemonReport {
  const message = heddle.v1.GetStatusResponse;
  return daemonReport(SOCKET, message.decode(message.encode(status).finish()));
}

const well: heddle.v1.IGetStatusResponse = {
  ...{ version: '0.1.0', node: 'n1', uptimeSeconds: 12, ready: true, uplink: 'eth0', xdp: 'off' },
  ...{ changesApplied: 31, localPods: 2, remotePods: 5, nodes: 3, policies: 4 },
  reconcilers: [
    { name: 'uplinks', state: 'ok', lastSuccessAgeSeconds: 1 },
    { name: 'tables', state: 'ok', lastSuccessAgeSeconds: 1 },
  ],
  watches: [
    { name: 'pods', confirmedAgeSeconds: 3.4 },
    { name: 'nodes', confirmedAgeSeconds: 0.2 },
  ],
};

function statusOf(daemon: DaemonReport, more: Partial<Status> = {}): Status {
  return {
    ...{ condition: conditionOf(daemon), daemon, source: 'manifests: files in /etc/heddle/manifests' },
    ...{ pinRoot: '/sys/fs/bpf/heddle', programs: 9, links: { attached: 12, detached: 0 } },
    pinProblems: [],
    maps: [
      { name: 'hd_endpoint', entries: 7, maxEntries: 16_384 },
      { name: 'hd_ct_unassured', entries: 100, maxEntries: 100 },
    ],
    ...more,
  };
}

t.test('a node that is well', t => {
  t.strictSame(describeStatus(statusOf(reportOf(well))), [
    'ready',
    'daemon           ready, version 0.1.0, up for 12 s',
    'node             n1, one of 3',
    'uplink           eth0, XDP off',
    'pods             2 here, 5 elsewhere',
    'policies         4',
    'source           manifests: files in /etc/heddle/manifests, as of 3 s ago',
    'changes          31 since it started',
    'reconcilers      2 of 2 ok',
    'pins             /sys/fs/bpf/heddle',
    'programs         9',
    'links            12',
  ]);
  t.equal(statusRow(statusOf(reportOf(well))), 'ready\t0.1.0\t2\t4\t3 s\t-');
  t.end();
});

t.test('one whose pods would not work says why first, then what else is wrong', t => {
  const daemon = reportOf({
    ...well,
    ready: false,
    unmet: [{ name: 'pod-cidr', reason: 'node n1 has no pod CIDR', cure: 'set podCIDRs' }],
    problems: ['node n1 has no pod CIDR: set podCIDRs', 'pod a/b has\nno device'],
    ...{ rebuiltPods: 1, appliedPolicies: 2, unconfirmed: { policies: 2, rollbackInSeconds: 41.2 } },
    uplink: '',
    reconcilers: [{ name: 'tables', state: 'waiting', waitsFor: 'uplinks', failures: 3 }],
    watches: [{ name: 'pods', confirmedAgeSeconds: 400, silent: true }, { name: 'nodes' }],
  });
  const links = { attached: 11, detached: 1 };
  const maps = [{ name: 'hd_ct', entries: 15, maxEntries: 16 }] as const;
  t.strictSame(describeStatus(statusOf(daemon, { links, maps })), [
    'not-ready',
    'daemon           not ready, version 0.1.0, up for 12 s',
    '  because        node n1 has no pod CIDR: set podCIDRs',
    'problem          pod a/b has no device',
    'unconfirmed      2 policies are rolled back in 41 s, unless: heddlectl confirm',
    'node             n1, one of 3',
    'uplink           not known yet',
    'pods             2 here (1 rebuilt from devices), 5 elsewhere',
    'policies         4, 2 of them given by hand',
    'source           manifests: files in /etc/heddle/manifests, not complete yet',
    '  pods           silent, as of 400 s ago',
    'changes          31 since it started',
    'reconcilers      0 of 1 ok',
    '  tables         waits for uplinks, 3 failed runs, has not succeeded yet',
    'pins             /sys/fs/bpf/heddle',
    'programs         9',
    'links            11, 1 detached',
    'hd_ct            15 of 16, 93 %',
  ]);
  const row = 'not-ready\t0.1.0\t2\t4\t-\tnode n1 has no pod CIDR: set podCIDRs (and 1 more)';
  t.equal(statusRow(statusOf(daemon)), row);
  t.end();
});

t.test('without a daemon the pins are told', t => {
  const stopped: DaemonReport = { running: false, socket: SOCKET };
  t.strictSame(describeStatus(statusOf(stopped, { programs: 0, maps: [] })), [
    'stopped',
    `daemon           not running on ${SOCKET}; traffic goes on without it`,
    'source           manifests: files in /etc/heddle/manifests',
    'pins             none under /sys/fs/bpf/heddle',
  ]);
  t.equal(statusRow(statusOf(stopped)), 'stopped\t-\t-\t-\t-\theddled does not answer');
  t.end();
});

t.test('what cannot be read of the pins is told beside what can', t => {
  const problem = 'hd_route is not pinned under /sys/fs/bpf/heddle, though other maps are';
  const lines = describeStatus(statusOf({ running: false, socket: SOCKET }, { pinProblems: [problem] }));
  t.ok(lines.includes(`problem          ${problem}`), lines.join('\n'));
  t.end();
});

t.test('a daemon that hangs is told from one that does not run', t => {
  const hung: DaemonReport = { running: false, socket: SOCKET, hangs: true };
  t.equal(
    describeStatus(statusOf(hung))[1],
    `daemon           hangs, is stopped or very busy: it does not answer on ${SOCKET}; traffic goes on without it`,
  );
  t.equal(statusRow(statusOf(hung)), 'stopped\t-\t-\t-\t-\theddled hangs, is stopped or very busy');
  t.end();
});

t.test('the one word', t => {
  t.equal(conditionOf(reportOf({ ...well, problems: ['one pod has no device'] })), 'degraded');
  t.equal(conditionOf({ running: false, socket: undefined }), 'unknown', 'with --pin-root');
  t.end();
});
