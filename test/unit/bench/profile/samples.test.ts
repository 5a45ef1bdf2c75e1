// What is read of perf's report.
import t from 'tap';
import { samplesIn } from '../../../bench/profile/samples.ts';

const REPORT = `# To display the perf.data header info, please use --header/--header-only options.
#
# Samples: 8K of event 'cpu-clock'
#
#       Period~    Pid:Command        ~Symbol
 2750000      ~  4211:iperf3         ~[k] _copy_to_iter
 250000       ~     0:swapper        ~[k] __netif_receive_skb_core.constprop.0
 500000       ~    -1:sleep          ~[.] operator~(Kind)
 250000       ~  4211:kworker/0:1    ~[k] bpf_prog_a40d661be26618ac_uplink_rx

`;

t.test('each line is a process, a function and its time', t => {
  t.strictSame(samplesIn(REPORT), [
    { pid: 4_211, process: 'iperf3', symbol: '_copy_to_iter', isKernel: true, nanoseconds: 2_750_000 },
    {
      ...{ pid: 0, process: 'swapper', symbol: '__netif_receive_skb_core.constprop.0' },
      ...{ isKernel: true, nanoseconds: 250_000 },
    },
    { pid: -1, process: 'sleep', symbol: 'operator~(Kind)', isKernel: false, nanoseconds: 500_000 },
    {
      ...{ pid: 4_211, process: 'kworker/0:1', symbol: 'bpf_prog_a40d661be26618ac_uplink_rx' },
      ...{ isKernel: true, nanoseconds: 250_000 },
    },
  ]);
  t.end();
});

t.test('a line of another form is refused, and not counted as nothing', t => {
  for (const line of ['12.5%~1:iperf3~[k] tcp_ack', '250000~iperf3~[k] tcp_ack', '250000~1:iperf3~tcp_ack'])
    t.throws(() => samplesIn(line), /has a line like/, line);
  t.end();
});
