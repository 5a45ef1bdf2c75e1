import t from 'tap';
import { BpfError, BpfMap, MapType } from '../src/index.ts';
import { systemError, unsupported } from '../src/errors.ts';

t.test('an errno becomes a code, and the message says what was done to what', t => {
  const error = systemError(-28, 'map update', 'hd_route');
  t.equal(error.code, 'ENOSPC');
  t.equal(error.message, 'map update hd_route: ENOSPC: no space left on device');
  t.equal(error.operation, 'map update');
  t.equal(error.subject, 'hd_route');
  t.end();
});

t.test('the number for "not supported" that only the kernel knows has a code too', t => {
  t.equal(systemError(-524, 'map iterate', 'x').code, 'ENOTSUP');
  t.end();
});

t.test('an errno outside the closed set is UNKNOWN, with its name in the text', t => {
  const error = systemError(-84, 'map update', 'x');
  t.equal(error.code, 'UNKNOWN');
  t.match(error.message, 'EILSEQ');
  t.equal(systemError(-4000, 'map update', 'x').code, 'UNKNOWN');
  t.end();
});

t.test('a kernel that is too old is named with the one that would do', t => {
  const error = unsupported('attach tcx', 'device 3', { name: 'tcx', minimumKernel: '6.6' });
  t.equal(error.code, 'UNSUPPORTED');
  t.equal(error.feature, 'tcx');
  t.equal(error.minimumKernel, '6.6');
  t.match(error.message, 'this kernel has no tcx (needs 6.6)');
  t.end();
});

t.test('what the kernel refuses is thrown as such', t => {
  const wrong = { name: 'wrong', type: MapType.HASH, keySize: 0, valueSize: 4, maxEntries: 1 };
  t.throws(() => BpfMap.create(wrong), { name: 'BpfError', code: 'EINVAL', operation: 'map create' });
  t.throws(() => BpfMap.openPinned('/sys/fs/bpf/nobody/pinned/this'), { code: 'ENOENT' });
  t.ok(new BpfError('EIO', 'a', 'b', { text: 'c' }) instanceof Error);
  t.end();
});
