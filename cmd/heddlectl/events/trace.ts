// heddlectl trace: what would become of a packet, judged by the loaded programs with the maps in force.
import { Option, type Command } from 'commander';
import { joinHostPort } from 'ip';
import { API } from '../../../loader/api/client.ts';
import { heddle } from '../../../loader/api/proto.gen.js';
import type { TraceOutcome, TraceReport, TraceStage } from '../../../loader/events/trace-report.ts';
import { colour } from '../output/colour.ts';
import { askDaemonIfRunning } from '../invocation/ask-daemon.ts';
import { formatOf, targetOf } from '../invocation/flags.ts';
import { readNames, type Names } from '../tables/names.ts';
import { printObject } from '../output/output.ts';
import { renderTable, type Column } from '../output/table.ts';
import { requireConfig, type Target } from '../invocation/target.ts';
import { traceDirectly } from './trace-direct.ts';
import { parsePort, traceQuestion, type TraceFlags, type TraceQuestion } from './trace-request.ts';

interface ShownStep {
  readonly hook: string;
  readonly stage: TraceStage;
  readonly verdict?: string;
  readonly words: string;
  readonly rule?: string;
  readonly policy?: number;
  readonly identity?: number;
  readonly ruleSet?: number;
}

interface ShownTrace extends TraceQuestion {
  readonly from?: string;
  readonly to?: string;
  readonly sourcePort: number;
  readonly steps: readonly ShownStep[];
  readonly outcome: TraceOutcome;
  readonly conclusion: string;
  /** The node that judges the rest. */
  readonly nextNode?: string;
}

type Answer = Pick<ShownTrace, 'steps' | 'outcome' | 'conclusion' | 'nextNode' | 'sourcePort'>;

export function addTraceCommand(program: Command): void {
  program
    .command('trace')
    .description('what would become of a packet, stage by stage; nothing is sent, and no trace is left')
    .requiredOption('--from <end>', 'who sends it: NAMESPACE/POD or an address')
    .requiredOption('--to <end>', 'who shall receive it: NAMESPACE/POD or an address')
    .addOption(
      new Option('--proto <protocol>', 'protocol').choices(['tcp', 'udp', 'sctp', 'icmp']).default('tcp'),
    )
    .option('--port <port>', 'destination port', parsePort)
    .option('--source-port <port>', 'source port, or identifier of an echo; any by default', parsePort)
    .addOption(new Option('--family <family>', 'of pods that have both').choices(['4', '6']))
    .action(async (flags: TraceFlags, command: Command) => {
      const shown = await tracePacket(targetOf(command), flags);
      printObject(formatOf(command), shown, () => describe(shown));
    });
}

async function tracePacket(target: Target, flags: TraceFlags): Promise<ShownTrace> {
  requireConfig(target, 'trace');
  const names = await readNames(target);
  const question = traceQuestion(names, flags);
  const reply = await askDaemonIfRunning(target, API.events.trace, question);
  const answer =
    reply === undefined ? ownAnswer(traceDirectly(target, question), names) : daemonAnswer(reply);
  const from = names.pods.get(question.source);
  const to = names.pods.get(question.destination);
  return { ...(from && { from }), ...(to && { to }), ...question, ...answer };
}

function ownAnswer({ nextNodeId, ...report }: TraceReport, names: Names): Answer {
  if (nextNodeId === undefined) return report;
  return { ...report, nextNode: names.nodes.get(nextNodeId) ?? `#${nextNodeId}` };
}

const STAGES: readonly (TraceStage | undefined)[] = [undefined, 'conntrack', 'egress', 'ingress', 'verdict'];
const OUTCOMES: readonly (TraceOutcome | undefined)[] = [undefined, 'dropped', 'delivered', 'host', 'leaves'];

function daemonAnswer(reply: heddle.v1.TraceResponse): Answer {
  const { steps, outcome, conclusion, nextNode, sourcePort } = reply;
  return {
    steps: steps.map(step => ({
      hook: step.hook ?? '',
      stage: STAGES[step.stage ?? 0] ?? 'verdict',
      ...(step.verdict && { verdict: step.verdict }),
      words: step.words ?? '',
      ...(step.rule && { rule: step.rule }),
      ...(step.policy && { policy: step.policy, identity: step.identity ?? 0, ruleSet: step.ruleSet ?? 0 }),
    })),
    outcome: OUTCOMES[outcome] ?? 'leaves',
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
    tint: (step, text) => (step.verdict?.startsWith('DROP_') === true ? colour.red(text) : text),
  },
  { title: 'WHY', text: step => step.words },
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
    renderTable(steps, columns),
    conclusion,
    ...(next === undefined ? [] : [`run the same command on node ${next} for what it says`]),
  ].filter(line => line !== '');
}

function endText(address: string, port: number | undefined, pod: string | undefined): string {
  const at = port === undefined ? address : joinHostPort(address, port);
  return pod === undefined ? at : `${pod} (${at})`;
}
