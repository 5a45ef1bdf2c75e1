// The network configuration: what is required, what is honoured, what is left alone.
import t from 'tap';
import { parseCniConfig } from '../../../loader/api/cni/config.ts';
import type { CniError } from '../../../loader/api/cni/error.ts';

function parse(fields: Readonly<Record<string, unknown>>) {
  return parseCniConfig(
    Buffer.from(JSON.stringify({ cniVersion: '1.1.0', name: 'pods', type: 'heddle-cni', ...fields })),
  );
}

function errorOf(run: () => unknown): CniError {
  try {
    run();
  } catch (error) {
    return error as CniError;
  }
  throw new Error('nothing was refused');
}

t.test('the least that a configuration needs', t => {
  t.strictSame(parse({}), {
    cniVersion: '1.1.0',
    name: 'pods',
    dns: undefined,
    addresses: [],
    mac: undefined,
    prevResult: undefined,
    validAttachments: undefined,
  });
  t.end();
});

t.test('unknown fields, ipMasq and capabilities of others are left alone', t => {
  const config = parse({
    ipMasq: 'whatever',
    kubernetes: { node: 5 },
    capabilities: { portMappings: true },
    runtimeConfig: { portMappings: [{ hostPort: 1 }], bandwidth: { ingressRate: 1 }, ips: [] },
    args: { cni: {} },
  });
  t.equal(config.name, 'pods');
  t.end();
});

t.test('the ips capability asks for addresses, in any spelling, at most one a family', t => {
  const ask = (...ips: string[]) => parse({ runtimeConfig: { ips } }).addresses;
  t.strictSame(ask('10.0.0.1'), ['10.0.0.1']);
  t.strictSame(ask('10.0.0.1/24', 'FD00:0::1/64'), ['10.0.0.1', 'fd00::1']);
  for (const ips of [
    ['10.0.0.1', '10.0.0.2'],
    ['fd00::1', 'fd00::2'],
    ['10.0.0.1', 'fd00::1', '10.0.0.1'],
  ]) {
    const error = errorOf(() => ask(...ips));
    t.equal(error.code, 7);
    t.match(error.message, /more than one of a family/);
  }
  for (const text of [
    '',
    '10.0.0.256',
    '10.0.0.1/',
    '10.0.0.1/24/8',
    '10.0.0.1/-1',
    'fe80::1%eth0',
    '::/x',
  ]) {
    const error = errorOf(() => ask(text));
    t.equal(error.code, 7, text);
    t.equal(error.message, `network configuration: runtimeConfig.ips.0: '${text}' is not an address`);
  }
  t.end();
});

t.test('what is not JSON is code 6', t => {
  for (const text of ['', '{', 'null', '[]', '"x"', '5', '{"cniVersion":5}']) {
    t.equal(errorOf(() => parseCniConfig(Buffer.from(text))).code, 6, text);
  }
  t.equal(errorOf(() => parseCniConfig(Buffer.from([0x22, 0xff, 0x22]))).code, 6);
  t.end();
});

t.test('versions that nobody speaks are code 1, whatever else is wrong', t => {
  for (const cniVersion of ['', '0.1.0', '0.2.0', '0.3.0', '1.2.0', '2.0.0', '1.1', ' 1.1.0']) {
    const error = errorOf(() => parse({ cniVersion, name: 5 }));
    t.strictSame([error.code, error.details], [1, 'Supported are 0.3.1, 0.4.0, 1.0.0, 1.1.0.'], cniVersion);
  }
  t.match(errorOf(() => parse({ cniVersion: undefined })).message, /'0\.1\.0'/);
  t.end();
});

t.test('names that the specification forbids are code 7 and lead to the field', t => {
  for (const name of ['', '-a', '.a', 'a b', 'a/b', '$(id)', 'ä', 'a'.repeat(129), 5, null]) {
    const error = errorOf(() => parse({ name }));
    t.equal(error.code, 7);
    t.match(error.message, /^network configuration: name: /);
  }
  t.end();
});

t.test('prevResult is read as far as it is needed, and kept whole', t => {
  const prevResult = {
    cniVersion: '1.1.0',
    interfaces: [{ name: 'eth0', sandbox: '/x', own: 1 }],
    ips: [{ address: '10.0.0.1/32', interface: 0, own: 2 }],
    routes: [{ dst: '::/0', own: 3 }],
    dns: { own: 4 },
    own: 5,
  };
  t.strictSame(parse({ prevResult }).prevResult, prevResult);
  t.strictSame(parse({ prevResult: {} }).prevResult, { interfaces: [], ips: [], routes: [] });
  t.equal(parse({ prevResult: null }).prevResult, undefined);
  t.match(parse({ prevResult: { interfaces: null, ips: null, routes: null, dns: null } }).prevResult, {
    interfaces: [],
    ips: [],
    routes: [],
  });
  for (const wrong of [5, { interfaces: [{}] }, { ips: [{ address: 1 }] }, { routes: [{}] }]) {
    t.equal(errorOf(() => parse({ prevResult: wrong })).code, 7);
  }
  t.end();
});

t.test('valid attachments keep the difference between none and not said', t => {
  t.equal(parse({}).validAttachments, undefined);
  t.strictSame(parse({ 'cni.dev/valid-attachments': [] }).validAttachments, []);
  const valid = [{ containerID: 'a', ifname: 'eth0', own: 1 }];
  t.strictSame(parse({ 'cni.dev/valid-attachments': valid }).validAttachments, [
    { containerId: 'a', ifname: 'eth0' },
  ]);
  t.strictSame(parse({ 'cni.dev/valid-attachments': null }).validAttachments, [], "Go's empty list");
  t.strictSame(parse({ 'cni.dev/attachments': valid }).validAttachments?.length, 1, 'the name in drafts');
  t.strictSame(parse({ 'cni.dev/attachments': valid, 'cni.dev/valid-attachments': [] }).validAttachments, []);
  t.equal(errorOf(() => parse({ 'cni.dev/valid-attachments': [{ containerID: 'a' }] })).code, 7);
  t.end();
});

t.test('fields that Go writes as null are absent', t => {
  const config = parse({
    dns: null,
    runtimeConfig: { ips: null, mac: null, portMappings: null },
    args: null,
  });
  t.strictSame([config.dns, config.addresses, config.mac], [undefined, [], undefined]);
  t.strictSame(parse({ runtimeConfig: null }).addresses, []);
  t.end();
});

t.test('the mac capability asks for the MAC of a device', t => {
  const ask = (mac: string) => parse({ runtimeConfig: { mac } }).mac;
  t.equal(ask('c2:b0:57:49:47:f1'), 'c2:b0:57:49:47:f1');
  t.equal(ask('C2-B0-57-49-47-F1'), 'c2:b0:57:49:47:f1');
  t.equal(ask(''), undefined);
  for (const mac of ['c2:b0:57:49:47', 'c2b0.5749.47f1', '01:00:5e:00:00:01', '00:00:00:00:00:00', 'x'])
    t.match(
      errorOf(() => ask(mac)),
      { code: 7, message: `network configuration: runtimeConfig.mac: '${mac}' is not the MAC of a device` },
    );
  t.end();
});
