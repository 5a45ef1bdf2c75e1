// heddlectl trace: runs the loaded programs with the active maps on one packet that is not sent.
import type { Command } from 'commander';
import { joinHostPort } from 'ip';
import { API } from '../../../loader/api/client.ts';
import { heddle } from '../../../loader/api/proto.gen.js';
import type { TraceOutcome, TraceReport, TraceStage } from '../../../loader/events/trace-report.ts';
import { colour } from '../output/colour.ts';
import { say } from '../output/terminal.ts';
import { askDaemonIfRunning } from '../invocation/ask-daemon.ts';
import { choiceOption } from '../invocation/choices.ts';
import { formatOf, targetOf } from '../invocation/flags.ts';
import { readNames, type Names } from '../tables/names.ts';
import { withFormerVerdict } from '../output/former-verdicts.ts';
import { printObject } from '../output/output.ts';
import { terminalWidth } from '../output/terminal-width.ts';
import { renderTable, type Column } from '../output/table.ts';
import { requireConfig, type Target } from '../invocation/target.ts';
import { traceDirectly } from './trace-direct.ts';
import { parsePort, traceQuery, type TraceFlags, type TraceQuery } from './trace-request.ts';
import { isDrop } from '../../../loader/abi/drop-verdicts.ts';

interface ShownStep {
  readonly hook: string;
  readonly stage: TraceStage;
  readonly verdict?: string;
  readonly description: string;
  readonly rule?: string;
  readonly policy?: number;
  readonly identity?: number;
  readonly ruleSet?: number;
}

interface ShownTrace extends TraceQuery {
  readonly from?: string;
  readonly to?: string;
  readonly sourcePort: number;
  readonly steps: readonly ShownStep[];
  readonly outcome: TraceOutcome;
  readonly conclusion: string;
  /** The node that evaluates the packet next. */
  readonly nextNode?: string;
}

type TraceResult = Pick<ShownTrace, 'steps' | 'outcome' | 'conclusion' | 'nextNode' | 'sourcePort'>;

export function addTraceCommand(program: Command): void {
  program
    .command('trace')
    .description('evaluate a packet stage by stage; it is not sent, and no state changes')
    .requiredOption('--from <end>', 'source: NAMESPACE/POD or an address')
    .requiredOption('--to <end>', 'destination: NAMESPACE/POD or an address')
    .addOption(choiceOption('--proto <protocol>', 'protocol', ['tcp', 'udp', 'sctp', 'icmp']).default('tcp'))
    .option('--port <port>', 'destination port', parsePort)
    .option(
      '--source-port <port>',
      'source port, or identifier of an ICMP echo; default: an unused one',
      parsePort,
    )
    .addOption(choiceOption('--family <family>', 'address family, for pods with both', ['4', '6']))
    .addOption(
      choiceOption('--expect <outcome>', 'exit with status 1 unless this node allows, or drops, it', [
        'allow',
        'deny',
      ]),
    )
    .action(async (flags: TraceFlags, command: Command) => {
      const shown = await tracePacket(targetOf(command), flags);
      printObject(formatOf(command), shown, () => describe(shown));
      if (flags.expect !== undefined) compareOutcome(shown, flags.expect);
    });
}

/** A packet that leaves the node is allowed as far as this node decides. */
function compareOutcome({ outcome }: ShownTrace, expected: 'allow' | 'deny'): void {
  if ((outcome === 'dropped') === (expected === 'deny')) return;
  say(`heddlectl: expected ${expected}, and the packet is ${outcome}`);
  process.exitCode = 1;
}

async function tracePacket(target: Target, flags: TraceFlags): Promise<ShownTrace> {
  requireConfig(target, 'trace');
  const names = await readNames(target);
  const query = traceQuery(names, flags);
  const reply = await askDaemonIfRunning(target, API.events.trace, query);
  const result = reply === undefined ? localResult(traceDirectly(target, query), names) : daemonResult(reply);
  const from = names.pods.get(query.source);
  const to = names.pods.get(query.destination);
  const steps = result.steps.map(withFormerVerdict);
  return { ...(from && { from }), ...(to && { to }), ...query, ...result, steps };
}

function localResult({ nextNodeId, ...report }: TraceReport, names: Names): TraceResult {
  if (nextNodeId === undefined) return report;
  return { ...report, nextNode: names.nodes.get(nextNodeId) ?? `#${nextNodeId}` };
}

const STAGES: readonly (TraceStage | undefined)[] = [undefined, 'conntrack', 'egress', 'ingress', 'verdict'];
const OUTCOMES: readonly (TraceOutcome | undefined)[] = [
  undefined,
  'dropped',
  'delivered',
  'host',
  'forwarded',
];

function daemonResult(reply: heddle.v1.TraceResponse): TraceResult {
  const { steps, outcome, conclusion, nextNode, sourcePort } = reply;
  return {
    steps: steps.map(step => ({
      hook: step.hook ?? '',
      stage: STAGES[step.stage ?? 0] ?? 'verdict',
      ...(step.verdict && { verdict: step.verdict }),
      description: step.description ?? '',
      ...(step.rule && { rule: step.rule }),
      ...(step.policy && { policy: step.policy, identity: step.identity ?? 0, ruleSet: step.ruleSet ?? 0 }),
    })),
    outcome: OUTCOMES[outcome] ?? 'forwarded',
    ...{ conclusion, sourcePort },
    ...(nextNode !== '' && { nextNode }),
  };
}

const columns: readonly Column<ShownStep>[] = [
  { title: 'HOOK', text: step => step.hook },
  { title: 'STAGE', text: step => step.stage },
  {
    title: 'VERDICT',
    text: step => (step.verdict === 'VERDICT_NEXT' ? 'ok' : (step.verdict ?? '')),
    tint: (step, text) => (step.verdict !== undefined && isDrop(step.verdict) ? colour.red(text) : text),
  },
  { title: 'WHY', text: step => step.description },
];

function describe(shown: ShownTrace): string[] {
  const { protocol, source, destination, sourcePort, port, from, to, steps, outcome } = shown;
  const isEcho = protocol === 'icmp';
  const ends = [
    endText(source, isEcho ? undefined : sourcePort, from),
    endText(destination, isEcho ? undefined : port, to),
  ];
  const conclusion = outcome === 'dropped' ? colour.red(shown.conclusion) : colour.green(shown.conclusion);
  const next = shown.nextNode;
  return [
    colour.bold(`${protocol} ${ends.join(' → ')}`),
    renderTable(steps, columns, terminalWidth()),
    conclusion,
    ...(next === undefined ? [] : [`run the same command on node ${next}, which evaluates the packet next`]),
  ].filter(line => line !== '');
}

function endText(address: string, port: number | undefined, pod: string | undefined): string {
  const at = port === undefined ? address : joinHostPort(address, port);
  return pod === undefined ? at : `${pod} (${at})`;
}
