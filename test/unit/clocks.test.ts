// No interval is measured by the wall clock: NTP steps it, forwards and back, while timers and retries run.
import { readFileSync } from 'node:fs';
import t from 'tap';
import { typescriptFiles } from './architecture-tree.ts';

/** What reads the wall clock, with or without `new`. */
const WALL_CLOCK = /\bDate\.now\b|\bnew Date\(\)|\bDate\(\)|\bperformance\.timeOrigin\b/;

/** Files that may read it, and for what. Everything else takes `performance.now()`, or `bootClockMs()` for times on disk. */
const FOR_PEOPLE: Readonly<Record<string, string>> = {
  'cmd/heddlectl/events/monitor.ts': 'how far back a time of day is',
  'cmd/heddlectl/sysdump/sysdump.ts': 'when the dump was made',
  'loader/agent/first-state.ts': 'until when a state is held back at most',
  'loader/api/client.ts': "grpc-js takes a call's deadline as a date, and turns it into a timer at once",
  'loader/events/packet-event.ts': 'when a packet was seen',
  'loader/ipam/ipam.ts': 'when a pod was added',
  'loader/sources/etcd/node-object.ts': 'creationTimestamp',
  'loader/sources/kubernetes/exec-plugin.ts': "a credential's expirationTimestamp, a date of its issuer",
  'loader/sources/kubernetes/own-node-writer.ts': "a condition's lastTransitionTime",
  'loader/sources/kubernetes/policy-events.ts': "an Event's eventTime",
  'loader/sources/kubernetes/standings.ts': 'since when a call fails',
  'loader/sources/manifests/manifest-text.ts': 'how old a file is: its time is a date',
  'loader/sources/outage.ts': 'since when a server is away',
  'loader/sources/vanished-nodes.ts': 'since when a Node object is gone',
};

const readers = typescriptFiles(['loader', 'cmd', 'lab', 'packages'])
  .map(({ path }) => path)
  .filter(path => /\/src\/|^(loader|cmd|lab)\//.test(path))
  .filter(path => WALL_CLOCK.test(readFileSync(path, 'utf8')));

t.test('the wall clock is read where people read the result, and nowhere else', t => {
  t.ok(readers.includes('loader/ipam/ipam.ts'), 'readers are found');
  t.strictSame(
    readers.filter(path => FOR_PEOPLE[path] === undefined),
    [],
  );
  t.end();
});

t.test('every way to ask for the wall clock is known', t => {
  for (const text of ['Date.now()', 'options.now ?? Date.now', 'new Date()', 'performance.timeOrigin'])
    t.match(text, WALL_CLOCK, text);
  for (const text of ['new Date(timeMs)', 'performance.now()', 'process.hrtime.bigint()'])
    t.notMatch(text, WALL_CLOCK, text);
  t.end();
});
