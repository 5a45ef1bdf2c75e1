// Samples summed, and divided by what was carried.
import t from 'tap';
import { breakdownOf } from '../../../bench/profile/breakdown.ts';
import type { Sample } from '../../../bench/profile/samples.ts';

function sample(symbol: string, microseconds: number, more: Partial<Sample> = {}): Sample {
  return { pid: 7, process: 'iperf3', symbol, isKernel: true, nanoseconds: microseconds * 1_000, ...more };
}

const KIB_64 = 65_536;

t.test('microseconds for each 64 KiB over all rounds, by category', t => {
  const { parts, all, allOfRounds } = breakdownOf([
    {
      samples: [sample('tcp_ack', 6), sample('tcp_write_xmit', 2), sample('main', 4, { isKernel: false })],
      bytes: 2 * KIB_64,
    },
    { samples: [sample('tcp_ack', 10), sample('exc_page_fault', 1)], bytes: KIB_64 },
  ]);
  t.strictSame(
    [...parts].map(([name, value]) => [name, Number(value.toFixed(6))]),
    [
      ['TCP, sender', 6],
      ['iperf3 itself', Number((4 / 3).toFixed(6))],
      ['everything else', Number((1 / 3).toFixed(6))],
    ],
  );
  t.equal(all.toFixed(6), (23 / 3).toFixed(6));
  t.strictSame(allOfRounds, [6, 11]);
  t.end();
});

t.test('what other processes do is in no part; where they handle packets, it is told', t => {
  const foreign = { pid: 0, process: 'swapper' } as const;
  const { parts, all, elsewhere } = breakdownOf([
    {
      samples: [
        sample('tcp_ack', 3),
        sample('veth_xmit', 5, foreign),
        sample('pv_native_safe_halt', 100, foreign),
        sample('_copy_to_iter', 100, { pid: 8, process: 'node' }),
        sample('veth_xmit', 100, { ...foreign, isKernel: false }),
        sample('tcp_ack', 2, { pid: 0, process: 'iperf3' }), // of another PID namespace
      ],
      bytes: KIB_64,
    },
  ]);
  t.strictSame([...parts], [['TCP, sender', 3]]);
  t.equal(all, 3);
  t.equal(elsewhere, 7);
  t.end();
});

t.test('functions of no category are named, the largest first', t => {
  const { unknown } = breakdownOf([
    { samples: [sample('do_fault', 1), sample('exc_page_fault', 5), sample('tcp_ack', 9)], bytes: KIB_64 },
  ]);
  t.strictSame(unknown, ['exc_page_fault', 'do_fault']);
  t.end();
});
