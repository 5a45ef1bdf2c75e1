// Malformed network configurations: code 6 for text that is not JSON, 7 for invalid fields.
import t from 'tap';
import { serve } from '../../unit/api/served.ts';
import { configuration, errorOf, pluginEnvironment, runPlugin } from './plugin.ts';

const NOT_JSON: Readonly<Record<string, string | Uint8Array>> = {
  nothing: '',
  'white space': ' \n\t',
  'a word': 'heddle',
  null: 'null',
  'an array': '[]',
  'a number': '1',
  'half an object': '{"cniVersion":"1.1.0"',
  'two objects': '{"cniVersion":"1.1.0"} {}',
  'a trailing comma': '{"cniVersion":"1.1.0",}',
  'a comment': '{"cniVersion":"1.1.0" /* newest */}',
  'a NUL byte': '{"cniVersion":"1.1.0"}\0',
  'broken UTF-8': Buffer.from([...Buffer.from('{"name":"'), 0xff, 0xfe, ...Buffer.from('"}')]),
  'a thousand brackets': `{"a":${'['.repeat(1_000)}${']'.repeat(1_000)}}`,
};

for (const [what, stdin] of Object.entries(NOT_JSON)) {
  t.test(`${what} instead of a configuration is code 6`, async t => {
    const error = errorOf(await runPlugin(pluginEnvironment('ADD'), stdin));
    t.equal(error.code, 6);
    t.match(error.msg, /^the network configuration is /);
  });
}

t.test('fields that are wrong are code 7, and the message leads to them', async t => {
  const { attacher, socketPath } = await serve(t);
  const wrong: Record<string, unknown>[] = [
    { name: '' },
    { name: '../x' },
    { name: undefined },
    { type: undefined },
    { runtimeConfig: { ips: ['10.0.0.300'] } },
    { runtimeConfig: { ips: ['10.0.0.1/x'] } },
    { runtimeConfig: { ips: ['10.0.0.1', '10.0.0.2'] } },
    { prevResult: [] },
    { prevResult: { ips: [{}] } },
  ];
  for (const fields of wrong) {
    const config = configuration({ socket: socketPath, ...fields });
    const error = errorOf(await runPlugin(pluginEnvironment('ADD'), config));
    t.equal(error.code, 7, JSON.stringify(fields));
    t.match(error.msg, new RegExp(`^network configuration: ${Object.keys(fields)[0] ?? ''}`));
  }
  t.strictSame(attacher.added, []);
});

t.test('a socket or a timeout that cannot be one is code 7', async t => {
  for (const fields of [
    { socket: 'relative.sock' },
    { socket: 5 },
    { socket: `/${'x'.repeat(108)}` },
    { socket: '/a\u0000b' },
    { timeoutSeconds: 0 },
    { timeoutSeconds: 'soon' },
    { timeoutSeconds: 1e9 },
    { timeoutSeconds: 1.5 },
  ]) {
    const config = JSON.stringify({ cniVersion: '1.1.0', name: 'pods', type: 'heddle-cni', ...fields });
    const error = errorOf(await runPlugin(pluginEnvironment('ADD'), config));
    t.equal(error.code, 7, config);
    t.match(error.msg, new RegExp(`^${Object.keys(fields)[0] ?? ''}: `));
  }
});

t.test('a configuration past all measure is code 7, and not read to its end', async t => {
  const error = errorOf(await runPlugin(pluginEnvironment('ADD'), ' '.repeat(8 << 20)));
  t.equal(error.code, 7);
  t.match(error.msg, /larger than/);
});
