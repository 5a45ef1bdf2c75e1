// Who looks for kube-proxy's rules, when, and what an nft that is missing or fails means.
import t from 'tap';
import { HeddleError } from '../../../loader/errors.ts';
import type { Nft } from '../../../loader/network/nft.ts';
import { kubeProxy } from '../../../loader/reconcilers/kube-proxy.ts';
import { contextOf } from './service-context.ts';

const OF_KUBE_PROXY = [{ chain: { family: 'ip', table: 'kube-proxy', name: 'services' } }];

function begun(setting: 'on' | 'off' | 'auto', answer: () => Awaited<ReturnType<Nft['list']>>) {
  const calls: string[] = [];
  const { context, cells } = contextOf(setting, (...words) => {
    calls.push(words.join(' '));
    return Promise.resolve().then(answer);
  });
  return { reconciler: kubeProxy(context), cells, calls };
}

for (const setting of ['on', 'off'] as const)
  t.test(`${setting}: nobody looks`, async t => {
    const { reconciler, cells, calls } = begun(setting, () => OF_KUBE_PROXY);
    t.strictSame(await reconciler.sync('full'), []);
    t.strictSame([calls, cells.kubeProxy.isKnown], [[], false]);
  });

t.test('auto: found, and gone again when all is looked at the next time', async t => {
  let answer: Awaited<ReturnType<Nft['list']>> = OF_KUBE_PROXY;
  const { reconciler, cells, calls } = begun('auto', () => answer);
  t.strictSame(await reconciler.sync('incremental'), []);
  t.equal(cells.kubeProxy.value, 'nftables');
  answer = undefined;
  await reconciler.sync('incremental');
  t.strictSame([cells.kubeProxy.value, calls.length], ['nftables', 1], 'known: not looked for again');
  await reconciler.sync('full');
  t.strictSame([cells.kubeProxy.value, calls], ['none', ['chains', 'chains']]);
});

t.test('without nft there are no rules', async t => {
  const { reconciler, cells } = begun('auto', () => {
    throw new HeddleError('KERNEL_UNSUPPORTED', 'nft cannot be started');
  });
  t.strictSame(await reconciler.sync('full'), []);
  t.equal(cells.kubeProxy.value, 'none');
});

t.test('an nft that fails says nothing of them', async t => {
  const { reconciler, cells } = begun('auto', () => {
    throw new HeddleError('IO', 'nft list chains failed');
  });
  await t.rejects(Promise.resolve(reconciler.sync('full')), { code: 'IO' });
  t.notOk(cells.kubeProxy.isKnown);
});
