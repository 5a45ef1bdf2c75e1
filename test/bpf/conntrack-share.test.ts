// What a host has of hd_ct: living connections and those that have ended count apart.
import '../support/bpf/own-netns.ts';
import t from 'tap';
import { createDevices } from '../support/bpf/devices.ts';
import { DEVICE, MAC, NODE, POD_ID } from '../support/bpf/cluster.ts';
import { FAR_HOST, FlowDriver, type Client } from '../support/bpf/flow-driver.ts';

createDevices();

const ROWS = 512;
/** Of a host outside: an eighth, and one. */
const SHARE = ROWS / 8 + 1;
/** Up to so many, who opens them may use what is kept for those who have little. */
const LITTLE = ROWS / 64 + 1;
const BUSY = '198.19.66.66';
/** For that seed BUSY and FAR_HOST have one row of hd_ct_share. */
const ONE_ROW = 120n;
/** What has ended is there to be counted, however slow the machine is. */
const KEPT = { ct_reset_s: 3_600, ct_closed_s: 3_600 } as const;

function ports(first: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => first + i);
}

function filled(): FlowDriver {
  const driver = new FlowDriver({ rows: ROWS, constants: KEPT });
  driver.fill();
  return driver;
}

for (const [what, end] of [
  ['closes', (driver: FlowDriver, port: number) => driver.close(BUSY, port)],
  ['resets', (driver: FlowDriver, port: number) => driver.reset(BUSY, port)],
] as const)
  t.test(`a host that ${what} many connections has its whole share for those that live`, t => {
    using driver = filled();
    for (const port of ports(1_000, SHARE - 1)) {
      driver.open(BUSY, port);
      end(driver, port);
    }
    t.strictSame(driver.shares(), { live: 0, ended: 2 * (SHARE - 1) }, 'what has ended counts apart');
    for (const port of ports(2_000, SHARE + 10)) driver.open(BUSY, port);
    t.equal(driver.kept(BUSY), 2 * SHARE - 1, 'the others are kept, as many as a host may have');
    t.end();
  });

t.test('a connection over the share holds no slot, however often the hand passes', t => {
  using driver = filled();
  for (const port of ports(1_000, SHARE + 2 * ROWS)) driver.open(BUSY, port);
  t.equal(driver.kept(BUSY), SHARE, 'what fits its share is kept');
  t.equal(driver.aging().ringRows, SHARE, 'and has a slot each');
  t.strictSame(driver.shares(), { live: 2 * SHARE, ended: 0 }, 'charged to both of its ends');
  t.end();
});

t.test('a reset that its own end takes back counts as living again', t => {
  using driver = filled();
  driver.open(BUSY, 1_000);
  driver.reset(BUSY, 1_000);
  driver.reset(BUSY, 1_000);
  t.strictSame(driver.shares(), { live: 0, ended: 2 }, 'once, however often it comes');
  driver.toPod(BUSY, 1_000, { flags: 'ACK' });
  t.strictSame(driver.shares(), { live: 2, ended: 0 });
  t.end();
});

t.test('a pod is charged with what it opens, a host elsewhere is not', t => {
  using driver = filled();
  for (let port = 1; port <= SHARE + 10; port++) driver.ask(port, 4);
  t.equal(driver.kept(FAR_HOST), SHARE + 10, "more than the server's share of what it opens itself");
  t.strictSame(driver.shares(), { live: SHARE + 10, ended: 0 }, 'one end of each');
  t.end();
});

t.test("slots that several hosts took one after the other are not in a new one's way", async t => {
  using driver = filled();
  for (let host = 1; host <= 3; host++)
    for (const port of ports(1_000, SHARE)) driver.open(`198.19.66.${host}`, port);
  // The timer leads the hand once round meanwhile.
  for (let host = 1; host <= 100; host++) {
    driver.open(`198.18.0.${host}`, 1_000);
    await driver.pass(0.06);
  }
  t.equal(driver.aging().mapFull, 0n, 'a place was found each time');
});

t.test('what has ended has a limit too', t => {
  using driver = filled();
  for (const port of ports(1_000, 2 * SHARE)) {
    driver.open(BUSY, port);
    driver.close(BUSY, port);
  }
  t.equal(driver.kept(BUSY), SHARE);
  driver.open(FAR_HOST, 1);
  t.equal(driver.kept(FAR_HOST), 1, 'another host is not concerned');
  t.end();
});

t.test('a host that closes many is rid of them before their time', async t => {
  using driver = filled();
  for (const port of ports(1_000, SHARE)) {
    driver.open(BUSY, port);
    driver.close(BUSY, port);
  }
  for (let passed = 0; passed < 30 && driver.kept(BUSY) > SHARE / 2; passed++) await driver.pass(1);
  t.ok(driver.kept(BUSY) <= SHARE / 2, `${driver.kept(BUSY)} are left, their 60 s have not passed`);
  t.ok(driver.kept(BUSY) > 0, 'where they are few, they keep their time');
});

t.test('one client that uses up what a server may have leaves room for the others', t => {
  using driver = filled();
  const perServer = ROWS / 4 + 1;
  for (let host = 1; host <= 2; host++)
    for (const port of ports(1_000, SHARE)) driver.open(`198.19.66.${host}`, port);
  t.equal(driver.rows('hd_ct'), perServer, "two clients have all of the server's share");
  for (const port of ports(1, 4)) driver.open(FAR_HOST, port);
  t.equal(driver.kept(FAR_HOST), 4, 'who has little is kept');
  for (const port of ports(5, 40)) driver.open(FAR_HOST, port);
  t.equal(driver.kept(FAR_HOST), ROWS / 64 + 1, 'and nobody has more than that of the reserve');
  t.end();
});

t.test('an eighth of the table is for those who have little', t => {
  using driver = filled();
  const busy = [1, 2, 3].flatMap(pod => [1, 2].map(host => ({ pod, host })));
  for (const { pod, host } of [...busy, { pod: 4, host: 1 }]) {
    driver.becomePod(pod);
    for (const port of ports(1_000, SHARE)) driver.open(`198.19.${pod}.${host}`, port);
  }
  t.equal(driver.rows('hd_ct'), ROWS - ROWS / 8, 'those who have much get no more');
  for (const port of ports(1, 4)) driver.open(FAR_HOST, port);
  t.equal(driver.kept(FAR_HOST), 4, 'who has little is kept');
  t.end();
});

t.test('two hosts of one row of hd_ct_share have one share, and who comes second is not cut off', t => {
  using driver = new FlowDriver({ rows: ROWS, constants: KEPT, seed: ONE_ROW });
  driver.fill();
  for (const port of ports(1_000, SHARE)) driver.open(BUSY, port);
  for (const port of ports(1, 4)) driver.open(FAR_HOST, port);
  t.equal(driver.kept(BUSY), SHARE);
  t.equal(driver.kept(FAR_HOST), 0, 'its connections may be evicted');
  t.equal(driver.rows('hd_ct_unassured'), 4, 'but are known');
  t.end();
});

/** Pods of the node, all with one MAC, each with a device. */
const PODS: readonly (Client & { readonly podId: number })[] = [
  DEVICE.sibling,
  DEVICE.stranger,
  DEVICE.nic2,
  DEVICE.wire2,
].map((ifindex, i) => ({ addr: `10.1.0.${20 + i}`, mac: MAC.pod, ifindex, podId: 3 + i }));

function manyPods(): FlowDriver {
  const driver = new FlowDriver({ rows: ROWS });
  driver.fill({
    ifaces: PODS.map(({ ifindex, mac, podId }) => ({ ifindex, mac, podId })),
    endpoints: PODS.map(pod => ({ ...pod, kind: 'ENDPOINT_LOCAL_POD', node: NODE.own })),
    pods: PODS.map(({ podId }) => ({ podId })),
  });
  return driver;
}

/** Two hosts elsewhere that open all they may to a pod of this node. */
function serve(driver: FlowDriver, podId: number): void {
  driver.becomePod(podId);
  for (const host of [1, 2].map(number => `198.19.${podId}.${number}`))
    for (const port of ports(1_000, SHARE)) driver.open(host, port);
}

/** Those of PODS ask, each as much; the others of the same pod ids are served. */
function ask(driver: FlowDriver, pods: number, flows: number): void {
  for (const client of PODS.slice(0, pods)) for (const port of ports(1, flows)) driver.ask(port, 4, client);
}

const TAKERS: Readonly<Record<string, (driver: FlowDriver) => void>> = {
  'four pods that take all they may': driver => {
    ask(driver, 4, ROWS / 4 + 1);
  },
  'five pods, each below its share': driver => {
    ask(driver, 3, ROWS / 5);
    for (const podId of [6, 7]) serve(driver, podId);
  },
  'two pods that ask, and two that hosts elsewhere ask': driver => {
    ask(driver, 2, ROWS / 4 + 1);
    for (const podId of [5, 6]) serve(driver, podId);
  },
  'one pod that asks, and six hosts elsewhere that ask three others': driver => {
    ask(driver, 1, ROWS / 4 + 1);
    for (const podId of [4, 5, 6]) serve(driver, podId);
  },
};

for (const [who, take] of Object.entries(TAKERS))
  t.test(`${who} leave an eighth of the table to those that have little`, t => {
    using driver = manyPods();
    take(driver);
    driver.becomePod(POD_ID.pod);
    const taken = driver.rows('hd_ct');
    t.ok(
      taken <= (ROWS * 7) / 8 + LITTLE,
      `they have seven eighths, and the last of them what little is: ${taken}`,
    );
    const { mapFull } = driver.aging();
    for (let host = 1; host <= ROWS / 16; host++) driver.open(`198.18.0.${host}`, 1_000);
    t.equal(driver.rows('hd_ct'), taken + ROWS / 16, 'who has little has a place at once');
    t.equal(driver.aging().mapFull, mapFull, 'the hand finds it at the first try');
    for (const port of ports(1_000, LITTLE + 4)) driver.open(BUSY, port);
    t.equal(driver.kept(BUSY), LITTLE, 'until it has no longer');
    t.end();
  });
