// What a round's losses are to be called: paid, where one of its faults may cost them, and otherwise lost.
import type { Talk } from '../chaos/talk.ts';
import type { TalkReport } from '../chaos/watch.ts';
import type { Drawn } from './draw.ts';
import { describeTalk } from './talks.ts';

export interface Judgement {
  readonly packets: number;
  /** Packets that were lost and connections that were refused or ended, as the faults may cost. */
  readonly paid: number;
  /** The same where no fault may cost it. */
  readonly lost: number;
  /** Connections that ended, stood still, or carried other bytes than were sent. */
  readonly broken: number;
  /** What came through that policy denies. */
  readonly deniedThrough: number;
  /** The same while nothing judged, since the fault took the programs away. */
  readonly opened: number;
  /** A sentence each: what was expected, and what was found. */
  readonly failures: readonly string[];
}

export function isClean({ lost, refused, broken, through }: TalkReport): boolean {
  return lost + refused + broken + through === 0;
}

/** One report a talk, of all that was taken. */
export function sumOfEach(talks: readonly Talk[], reports: readonly TalkReport[]): readonly TalkReport[] {
  return talks.flatMap(talk => {
    const [first, ...rest] = reports.filter(report => report.talk === talk);
    return first === undefined ? [] : [rest.reduce(add, first)];
  });
}

function add(one: TalkReport, other: TalkReport): TalkReport {
  return {
    talk: one.talk,
    sent: one.sent + other.sent,
    connections: one.connections + other.connections,
    lost: one.lost + other.lost,
    refused: one.refused + other.refused,
    broken: one.broken + other.broken,
    through: one.through + other.through,
  };
}

export function judge(drawn: readonly Drawn[], reports: readonly TalkReport[]): Judgement {
  const judged = reports.map(report => judgeTalk(drawn, report));
  const sum = (of: (one: Judgement) => number): number => judged.reduce((total, one) => total + of(one), 0);
  return {
    packets: sum(({ packets }) => packets),
    paid: sum(({ paid }) => paid),
    lost: sum(({ lost }) => lost),
    broken: sum(({ broken }) => broken),
    deniedThrough: sum(({ deniedThrough }) => deniedThrough),
    opened: sum(({ opened }) => opened),
    failures: judged.flatMap(({ failures }) => failures),
  };
}

function judgeTalk(drawn: readonly Drawn[], report: TalkReport): Judgement {
  const { talk, sent, lost, refused, broken, through } = report;
  const hurting = drawn.filter(({ fault, node }) => fault.cost.mayHurt(talk, node.name));
  const isOpened = hurting.some(({ fault }) => fault.cost.opens === true);
  const mayBreak = hurting.some(({ fault }) => fault.cost.breaks === true);
  const missing = lost + refused;
  const judged = {
    packets: sent,
    paid: (hurting.length > 0 ? missing : 0) + (mayBreak ? broken : 0),
    lost: hurting.length > 0 ? 0 : missing,
    broken: mayBreak ? 0 : broken,
    deniedThrough: isOpened ? 0 : through,
    opened: isOpened ? through : 0,
  };
  const isRight = judged.lost + judged.broken + judged.deniedThrough === 0;
  const sentence = `expected to cost ${costsOf(drawn)}, found ${describeLosses(report)}`;
  return { ...judged, failures: isRight ? [] : [sentence] };
}

function costsOf(drawn: readonly Drawn[]): string {
  return [...new Set(drawn.map(({ fault }) => fault.cost.words))].join(' and ');
}

export function describeLosses({ talk, lost, refused, broken, through }: TalkReport): string {
  const counts = {
    'packets lost': lost,
    'connections refused': refused,
    'connections broken': broken,
    'that policy denies came through': through,
  };
  const words = Object.entries(counts).flatMap(([noun, count]) => (count === 0 ? [] : [`${count} ${noun}`]));
  return `${words.join(', ')}, ${describeTalk(talk)}`;
}
