// What a source makes of its news: gathered, not repeated, and problems that begin and end.
import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { emptyCluster, type ClusterState } from '../../../loader/model/objects.ts';
import { ClusterFeed, type FeedOptions } from '../../../loader/sources/feed.ts';

interface Notified {
  readonly state: ClusterState;
  readonly problems: readonly string[];
}

function withNodes(...names: readonly string[]): ClusterState {
  const rest = {
    labels: {},
    podCidrs: [],
    internalAddresses: [],
    externalAddresses: [],
    tunnelAddresses: [],
  };
  return { ...emptyCluster, nodes: new Map(names.map(name => [name, { name, ...rest }])) };
}

function feed(options: Partial<FeedOptions> = {}) {
  const current = { state: withNodes('a'), problems: [] as readonly string[] };
  const delays: string[] = [];
  const notified: Notified[] = [];
  const one = new ClusterFeed({
    grace: { nodeName: 'a', ownMs: 0, othersMs: 0 },
    ...{ gatherMs: 20, read: () => current, onDelay: sentence => void delays.push(sentence), ...options },
  });
  const open = () => one.open((state, problems) => void notified.push({ state, problems }));
  const next = async (count: number): Promise<void> => {
    for (const deadline = Date.now() + 60_000; notified.length < count && Date.now() < deadline;)
      await sleep(2);
  };
  return { feed: one, current, delays, notified, open, next };
}

t.test('the first state is notified of at once, also an empty one', t => {
  const { current, notified, open } = feed();
  current.state = emptyCluster;
  open();
  t.strictSame(notified, [{ state: emptyCluster, problems: [] }]);
  t.end();
});

t.test('changes that come together are one notification, and what is as it was is none', async t => {
  const { feed: one, current, notified, open, next } = feed();
  open();
  for (const name of ['b', 'c', 'd']) {
    current.state = withNodes('a', name);
    one.request();
  }
  await next(2);
  t.strictSame([...(notified[1]?.state.nodes.keys() ?? [])], ['a', 'd']);
  one.notify();
  one.note('connection');
  t.equal(notified.length, 2);
});

t.test('what is dirty is read anew before each notification', async t => {
  let refreshed = 0;
  const {
    feed: one,
    notified,
    open,
    next,
  } = feed({
    refresh: async () => {
      await Promise.resolve();
      refreshed++;
    },
    read: () => ({ state: withNodes(`n${refreshed}`), problems: [] }),
  });
  open();
  one.request();
  await next(2);
  t.strictSame([...(notified[1]?.state.nodes.keys() ?? [])], ['n1']);
});

t.test('a problem of the source begins and ends, beside those of its objects', async t => {
  const { feed: one, current, notified, open, next } = feed();
  current.problems = ['object'];
  open();
  one.note('connection', 'lost');
  await next(2);
  one.note('connection', 'lost'); // no news
  one.note('publication', 'not written');
  await next(3);
  one.note('connection');
  one.note('publication');
  await next(4);
  t.strictSame(
    notified.map(({ problems }) => problems),
    [['object'], ['lost', 'object'], ['lost', 'not written', 'object'], ['object']],
  );
});

t.test('a problem of the source is told, and its end, while what is dirty cannot be read', async t => {
  const { feed: one, notified, open, next } = feed({ refresh: () => new Promise(() => undefined) });
  open();
  one.request();
  one.note('silence', 'no news');
  await next(2);
  one.note('silence');
  await next(3);
  t.strictSame(
    notified.map(({ problems }) => problems),
    [[], ['no news'], []],
  );
});

t.test('before there is a state each problem is told as a delay, once', t => {
  const { feed: one, delays, notified, open } = feed();
  one.note('connection', 'lost');
  one.note('connection', 'lost');
  one.note('connection', 'lost', 'refused');
  one.request();
  t.strictSame(delays, ['lost', 'refused']);
  t.strictSame(notified, []);
  open();
  t.strictSame(notified[0]?.problems, ['lost', 'refused']);
  t.end();
});

t.test('a cluster that takes long to read is notified of less often', async t => {
  const BUSY_MS = 20;
  const starts: number[] = [];
  const {
    feed: one,
    open,
    next,
  } = feed({
    gatherMs: 0,
    read: () => {
      starts.push(performance.now());
      while (performance.now() - (starts.at(-1) ?? 0) < BUSY_MS);
      return { state: withNodes(`n${starts.length}`), problems: [] };
    },
  });
  open();
  one.request();
  await next(2);
  const [first = 0, second = 0] = starts;
  t.ok(second - first >= 10 * BUSY_MS, `${second - first} ms`);
});

t.test('nothing comes after it is closed', async t => {
  const { feed: one, current, notified, open } = feed({ gatherMs: 0 });
  open();
  current.state = withNodes('b');
  one.request();
  one.close();
  one.notify();
  open();
  await sleep(20);
  t.equal(notified.length, 1);
});
