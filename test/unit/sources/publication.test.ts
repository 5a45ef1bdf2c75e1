// What is published is written last come, last written, and what cannot be written is a problem until it is.
import t from 'tap';
import { KeyedMutex } from '../../../loader/async/keyed-mutex.ts';
import { parseAddr } from 'ip';
import { podKey, type PodAddresses } from '../../../loader/model/objects.ts';
import { Publication } from '../../../loader/sources/publication.ts';

const web = podKey({ namespace: 'shop', name: 'web' });
const published = (addr: string) => new Map([[web, { uid: 'u', addresses: [parseAddr(addr)] }]]);

function publication(write: (pods: readonly PodAddresses[]) => Promise<void>) {
  const problems: (readonly string[])[] = [];
  const one = new Publication({
    ...{ nodeName: 'a', destination: 'the store', mutex: new KeyedMutex() },
    write: pods => write([...pods.values()]),
    onProblem: (...sentences) => void problems.push(sentences),
  });
  return { one, problems };
}

t.test('each pod is written as its object, with the node that says so', async t => {
  const written: PodAddresses[] = [];
  const { one, problems } = publication(async pods => void written.push(...(await Promise.resolve(pods))));
  await one.write();
  t.strictSame(written, [], 'nothing was published yet');
  await one.publish(published('10.1.0.5'));
  const addresses = [parseAddr('10.1.0.5')];
  t.strictSame(written, [{ namespace: 'shop', name: 'web', nodeName: 'a', uid: 'u', addresses }]);
  t.strictSame(problems, [[]]);
});

t.test('what cannot be written is a problem, and is written later', async t => {
  let isFull = true;
  const { one, problems } = publication(() =>
    isFull ? Promise.reject(new Error('no space left')) : Promise.resolve(),
  );
  await one.publish(published('10.1.0.5'));
  t.ok(one.hasFailed);
  t.strictSame(problems, [
    ["the store cannot be written, so other nodes do not learn of this node's pods: no space left"],
  ]);
  isFull = false;
  await one.write();
  t.notOk(one.hasFailed);
  t.strictSame(problems[1], []);
});

t.test('writes come one after the other, and the last has what was published last', async t => {
  const written: string[] = [];
  let running = 0;
  const { one } = publication(async ([pod]) => {
    t.equal(++running, 1);
    await new Promise(resolve => setImmediate(resolve));
    written.push(String(pod?.addresses[0]));
    running--;
  });
  await Promise.all([one.publish(published('10.1.0.5')), one.publish(published('10.1.0.6'))]);
  t.equal(written.at(-1), '10.1.0.6');
});
