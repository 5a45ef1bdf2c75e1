// CNI_ARGS: the pod behind a container.
import t from 'tap';
import { podFromArgs } from '../../../loader/api/cni/args.ts';

t.test('what kubelet and containerd send names the pod', t => {
  const args =
    'IgnoreUnknown=1;K8S_POD_NAMESPACE=kube-system;K8S_POD_NAME=coredns-5d78c9869d-abcde;' +
    'K8S_POD_INFRA_CONTAINER_ID=0123abcd;K8S_POD_UID=6f1c2a4e-0000-4000-8000-000000000000';
  t.strictSame(podFromArgs(args), {
    namespace: 'kube-system',
    name: 'coredns-5d78c9869d-abcde',
    uid: '6f1c2a4e-0000-4000-8000-000000000000',
  });
  t.end();
});

t.test('a container without a pod name or without a namespace is no pod', t => {
  for (const args of [
    '',
    ';',
    ';;',
    'IgnoreUnknown=1',
    'K8S_POD_NAMESPACE=x',
    'K8S_POD_NAME=',
    'K8S_POD_UID=u',
    'K8S_POD_NAMESPACE=x;K8S_POD_NAME=',
    'K8S_POD_NAMESPACE=;K8S_POD_NAME=web',
    'IgnoreUnknown=1;K8S_POD_NAME=Festive_einstein', // as podman names its containers
  ]) {
    t.equal(podFromArgs(args), undefined, args);
  }
  t.end();
});

t.test('a pod without a uid has none', t => {
  for (const uid of ['', ';K8S_POD_UID='])
    t.strictSame(podFromArgs(`K8S_POD_NAMESPACE=x;K8S_POD_NAME=web${uid}`), { namespace: 'x', name: 'web' });
  t.end();
});

t.test('names at the edge of RFC 1123 are taken, and what is beyond is not', t => {
  const label = 'a'.repeat(63);
  const subdomain = `${'a.'.repeat(126)}a`;
  t.equal(podFromArgs(`K8S_POD_NAME=${subdomain};K8S_POD_NAMESPACE=${label}`)?.name, subdomain);
  for (const args of [
    `K8S_POD_NAMESPACE=x;K8S_POD_NAME=${subdomain}.a`,
    `K8S_POD_NAME=web;K8S_POD_NAMESPACE=${label}a`,
    'K8S_POD_NAMESPACE=x;K8S_POD_NAME=-web',
    'K8S_POD_NAMESPACE=x;K8S_POD_NAME=web-',
    'K8S_POD_NAMESPACE=x;K8S_POD_NAME=web..x',
    'K8S_POD_NAMESPACE=x;K8S_POD_NAME=web\n',
    'K8S_POD_NAMESPACE=x;K8S_POD_NAME=../../etc',
    'K8S_POD_NAMESPACE=x;K8S_POD_NAME=$(reboot)',
    'K8S_POD_NAME=web;K8S_POD_NAMESPACE=a.b',
    'K8S_POD_NAMESPACE=x;K8S_POD_NAME=web;K8S_POD_UID=a b',
    `K8S_POD_NAMESPACE=x;K8S_POD_NAME=web;K8S_POD_UID=${'a'.repeat(65)}`,
  ]) {
    t.throws(() => podFromArgs(args), { code: 4, message: /^CNI_ARGS: K8S_/ }, args);
  }
  t.end();
});

t.test('unknown keys need IgnoreUnknown, in any of its spellings', t => {
  for (const ignore of ['1', 'true', 'True', 'TRUE']) {
    t.equal(podFromArgs(`FOO=bar;IgnoreUnknown=${ignore}`), undefined);
  }
  for (const args of [
    'FOO=bar',
    'FOO=bar;IgnoreUnknown=0',
    'FOO=bar;IgnoreUnknown=no',
    'FOO=bar;IgnoreUnknown=',
  ]) {
    t.throws(() => podFromArgs(args), { code: 4, message: /^CNI_ARGS: unknown keys FOO/ }, args);
  }
  t.end();
});

t.test('a pair that is none is refused, IgnoreUnknown or not', t => {
  for (const args of ['K8S_POD_NAME', 'A', '=b', 'A=b=c']) {
    t.throws(() => podFromArgs(`IgnoreUnknown=1;${args}`), { code: 4, message: / is not KEY=VALUE$/ }, args);
  }
  t.end();
});
