// kube-proxy's rules as nft lists them, and what is said of them.
import t from 'tap';
import { foreignProxyProblems, kubeProxyMode } from '../../../loader/reconcilers/foreign-proxy.ts';

const chain = (family: string, table: string, name: string) => ({ chain: { family, table, name } });

t.test('either mode is found by its own names', t => {
  t.equal(kubeProxyMode([chain('ip', 'kube-proxy', 'services')]), 'nftables');
  t.equal(kubeProxyMode([chain('ip', 'nat', 'PREROUTING'), chain('ip', 'nat', 'KUBE-SERVICES')]), 'iptables');
  t.equal(kubeProxyMode([chain('ip', 'nat', 'KUBE-MARK-DROP'), {}]), undefined);
  t.end();
});

t.test('with auto alone they are a problem', t => {
  t.match(foreignProxyProblems('auto', 'iptables'), [/kube-proxy's rules \(iptables\).*Set services to off/]);
  t.strictSame(foreignProxyProblems('auto', 'none'), []);
  t.strictSame(foreignProxyProblems('auto', undefined), []);
  t.strictSame(foreignProxyProblems('on', 'nftables'), []);
  t.end();
});
