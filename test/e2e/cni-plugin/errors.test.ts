// Every error of the daemon comes out of the plugin in the specification's form, with its code.
import t from 'tap';
import { CNI_STATUS } from '../../../loader/api/cni/status.ts';
import { HeddleError, type HeddleErrorCode } from '../../../loader/errors.ts';
import { serve } from '../../unit/api/served.ts';
import { configuration, errorOf, pluginEnvironment, runPlugin } from './plugin.ts';

/** Written by hand from the specification's table, so that a slip in the daemon's own table is seen. */
const EXPECTED: Readonly<Record<HeddleErrorCode, number>> = {
  VERSION_INCOMPATIBLE: 1,
  ENDPOINT_MISSING: 3,
  ENDPOINT_EXISTS: 4,
  NETNS_MISSING: 4,
  INTERFACE_EXISTS: 4,
  IO: 5,
  INVALID_REQUEST: 7,
  INVALID_CONFIG: 7,
  ADDRESS_EXHAUSTED: 11,
  ADDRESS_IN_USE: 11,
  POD_MISSING: 11,
  NOT_READY: 11,
  MAP_FULL: 11,
  PORT_TAKEN: 11,
  TRANSACTION_OPEN: 11,
  INTERNAL: 100,
  TRANSACTION_MISSING: 100,
  MAP_INCOMPATIBLE: 102,
  KERNEL_UNSUPPORTED: 102,
  PERMISSION: 102,
};

for (const [code, wanted] of Object.entries(EXPECTED) as [HeddleErrorCode, number][]) {
  t.test(`${code} comes out as code ${wanted}`, async t => {
    const { attacher, socketPath } = await serve(t);
    attacher.failure = new HeddleError(code, 'the reason, in one sentence');
    const config = configuration({ socket: socketPath, cniVersion: '0.4.0' });
    const error = errorOf(await runPlugin(pluginEnvironment('ADD'), config));
    t.equal(error.code, wanted);
    t.equal(error.cniVersion, '0.4.0');
    t.match(error.msg, /the reason, in one sentence$/);
  });
}

t.test('an error about a variable names the variable', async t => {
  const { attacher, socketPath } = await serve(t);
  const table = Object.entries(CNI_STATUS) as [HeddleErrorCode, { variable?: string }][];
  for (const [code, { variable }] of table) {
    if (variable === undefined) continue;
    attacher.failure = new HeddleError(code, 'cannot be used');
    const error = errorOf(await runPlugin(pluginEnvironment('ADD'), configuration({ socket: socketPath })));
    t.equal(error.msg, `${variable}: cannot be used`);
  }
});

t.test('an unexpected error is code 100 and keeps its message', async t => {
  const { attacher, socketPath } = await serve(t);
  attacher.failure = new TypeError('x is not a function');
  const error = errorOf(await runPlugin(pluginEnvironment('ADD'), configuration({ socket: socketPath })));
  t.strictSame(error, { cniVersion: '1.1.0', code: 100, msg: 'x is not a function' });
});

t.test('text of any script, and invalid UTF-16, arrives readable', async t => {
  const { attacher, socketPath } = await serve(t);
  const config = configuration({ socket: socketPath });
  attacher.failure = new HeddleError('IO', 'Netz „Füchse“ 狐 🦊 50 % "quoted" \\ \n end');
  t.equal(
    errorOf(await runPlugin(pluginEnvironment('ADD'), config)).msg,
    'Netz „Füchse“ 狐 🦊 50 % "quoted" \\ \n end',
  );
  attacher.failure = new HeddleError('IO', 'lone \ud800 surrogate');
  t.equal(errorOf(await runPlugin(pluginEnvironment('ADD'), config)).msg, 'lone \ufffd surrogate');
  attacher.failure = new HeddleError('IO', 'ü'.repeat(100_000));
  t.match(errorOf(await runPlugin(pluginEnvironment('ADD'), config)).msg, /^ü{1000}…$/);
});

t.test('a version of the future is code 1 and the versions that are spoken', async t => {
  const { socketPath } = await serve(t);
  const config = configuration({ socket: socketPath, cniVersion: '9.9.9' });
  t.strictSame(errorOf(await runPlugin(pluginEnvironment('ADD'), config)), {
    cniVersion: '9.9.9',
    code: 1,
    msg: "CNI version '9.9.9' is not supported",
    details: 'Supported are 0.3.1, 0.4.0, 1.0.0, 1.1.0.',
  });
});

t.test('CHECK of a container that is not there is code 3', async t => {
  const { socketPath } = await serve(t);
  const config = configuration({ socket: socketPath, prevResult: { interfaces: [] } });
  t.equal(errorOf(await runPlugin(pluginEnvironment('CHECK'), config)).code, 3);
});

t.test(
  'STATUS that is not ready is code 50, or 51 if attached containers suffer too, and says why',
  async t => {
    const { attacher, socketPath } = await serve(t);
    const config = configuration({ socket: socketPath });
    t.strictSame(await runPlugin(pluginEnvironment('STATUS'), config), {
      exitCode: 0,
      stdout: '',
      stderr: '',
    });
    const noAddress = { sentence: 'no address is free', limitsAttached: false };
    attacher.notReady = [noAddress];
    t.strictSame(errorOf(await runPlugin(pluginEnvironment('STATUS'), config)), {
      cniVersion: '1.1.0',
      code: 50,
      msg: 'no address is free',
    });
    attacher.notReady = [{ sentence: 'the uplink is down', limitsAttached: true }, noAddress];
    t.strictSame(errorOf(await runPlugin(pluginEnvironment('STATUS'), config)), {
      cniVersion: '1.1.0',
      code: 51,
      msg: 'the uplink is down; no address is free',
    });
  },
);

t.test('a container that is added twice is refused, and its first attachment stays', async t => {
  const { attacher, socketPath } = await serve(t);
  const config = configuration({ socket: socketPath });
  t.equal((await runPlugin(pluginEnvironment('ADD'), config)).exitCode, 0);
  const error = errorOf(await runPlugin(pluginEnvironment('ADD'), config));
  t.equal(error.code, 4);
  t.match(error.msg, /^CNI_CONTAINERID: /);
  t.equal(attacher.attachments.size, 1);
});
