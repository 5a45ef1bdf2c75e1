// A watch that ends at an event that cannot be taken. The kind: what fails once is asked for again for ever, and nothing behind
// it is ever known. Examples: an ERROR of any status but 410 in the stream (a conversion webhook, a key that cannot be decrypted), a
// line that a proxy has written into it, an object without a name, a nesting that no parser takes.
import t from 'tap';
import { pod, PATHS, scene, shopPod, until } from './scene.ts';

const status = { kind: 'Status', status: 'Failure', code: 500, message: 'conversion webhook failed' };

for (const [what, line] of [
  ['an ERROR that is no 410', JSON.stringify({ type: 'ERROR', object: status })],
  ['a line that is no event', '<html>Bad gateway</html>'],
  ['an object without a name', JSON.stringify({ type: 'ADDED', object: { kind: 'Pod', metadata: {} } })],
  ['a nesting without an end', `{"type":"ADDED","object":${'['.repeat(1_000_000)}`],
] as const)
  t.test(
    `${what}: after two watches that end there the kind is listed, and what came since is known`,
    async t => {
      const { server, state, problems } = await scene(t);
      const lists = server.seen(PATHS.pods, 'list').length;
      const { version } = server.collections;
      server.fault = ({ path, query }) => {
        const isBefore = Number(query['resourceVersion']) <= version;
        return path === PATHS.pods && 'watch' in query && isBefore ? { body: `${line}\n` } : undefined;
      };
      server.endWatches(PATHS.pods);
      await until(() => server.watching(PATHS.pods) === 0, 'the watch has ended');
      server.collections.put(pod('p5', '10.1.0.5'));
      await until(() => state().pods.has(shopPod('p5')), 'what came since is known');
      await until(() => problems().length === 0, 'nothing is wrong');
      t.equal(server.seen(PATHS.pods, 'list').length, lists + 2, 'one list, of two pages');
      server.collections.put(pod('p6', '10.1.0.6'));
      await until(() => state().pods.has(shopPod('p6')), 'and the watch goes on');
    },
  );
