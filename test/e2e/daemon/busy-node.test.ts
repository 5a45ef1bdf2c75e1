// Many pods come and go at once while others talk: nobody who stays notices.
import t from 'tap';
import { deletePod } from '../../../lab/pods.ts';
import { heddlectlJson } from '../../support/heddlectl.ts';
import { addressOf, addTestPod, podNamed, testLab } from '../../support/lab.ts';
import { steadyPing } from '../../support/steady-traffic.ts';

t.setTimeout(600_000);

const WAVES = 3;
const PODS_PER_WAVE = 20;

const lab = await testLab(t, { podsPerNode: 1 });
const [here, there] = [podNamed(lab, 'n1-p1'), podNamed(lab, 'n2-p1')];

t.test('a ping every 10 ms loses nothing while pods come and go on both nodes', async t => {
  const steady = await steadyPing(t, here.netns, addressOf(there, 'ipv4'));
  for (let wave = 0; wave < WAVES; wave++) {
    const numbers = Array.from({ length: PODS_PER_WAVE }, (_, i) => 100 * (wave + 1) + i);
    const added = await Promise.all(
      numbers.map((number, i) => addTestPod(lab, i % 2 === 0 ? 'n1' : 'n2', number)),
    );
    const addresses = added.flatMap(pod => pod.addresses);
    t.equal(new Set(addresses).size, addresses.length, 'no address twice');
    await Promise.all(added.map(pod => deletePod(lab, pod)));
  }
  t.strictSame(await steady.stop(), []);
});

t.test('afterwards both nodes know exactly the pods that stayed', async t => {
  for (const node of ['n1', 'n2']) {
    const rows = (await heddlectlJson('--lab', lab.options.name, '--node', node, 'endpoint', 'list')) as {
      kind: string;
      address: string;
    }[];
    const pods = rows.filter(({ kind }) => kind.endsWith('-pod')).map(({ address }) => address);
    t.strictSame(pods.sort(), [...here.addresses, ...there.addresses].sort(), node);
  }
});
