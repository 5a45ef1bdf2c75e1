// Counters of the programs as metrics: packets and bytes by hook and verdict, drops by verdict, lost events.
import { Counter, type Registry } from 'prom-client';
import { isDrop, isLinkChatter } from '../abi/drop-verdicts.ts';
import { VERDICT_NAMES } from '../abi/hook-name.ts';
import type { MapSet } from '../abi/map-set.ts';
import { readEventLosses } from '../tables/event-losses.ts';
import { readMetrics, type MetricsRow } from '../tables/metrics.ts';

/** Undefined before programs are loaded. */
type Maps = () => MapSet | undefined;

export function addPackets(registry: Registry, maps: Maps): void {
  const rows = (): readonly MetricsRow[] => {
    const set = maps();
    return set === undefined ? [] : readMetrics(set.hd_metrics);
  };
  addByHook(registry, rows);
  addDrops(registry, rows);
  addEventLosses(registry, maps);
}

function addByHook(registry: Registry, rows: () => readonly MetricsRow[]): void {
  const labelNames = ['hook', 'verdict'] as const;
  const registers = [registry];
  const packets = new Counter({
    name: 'heddle_packets_total',
    help: 'Packets by hook and verdict; docs/verdicts.md describes the verdicts',
    ...{ labelNames, registers },
    collect: () => {
      packets.reset();
      bytes.reset();
      for (const row of rows()) {
        packets.inc({ hook: row.hook, verdict: row.verdict }, Number(row.packets));
        bytes.inc({ hook: row.hook, verdict: row.verdict }, Number(row.bytes));
      }
    },
  });
  const bytes = new Counter({
    name: 'heddle_bytes_total',
    help: 'Bytes of these packets, including the Ethernet header',
    ...{ labelNames, registers },
  });
}

/** Of every verdict from the first scrape on: rate() does not see the step from absent to 1. */
function addDrops(registry: Registry, rows: () => readonly MetricsRow[]): void {
  const drops: Counter<'verdict'> = new Counter({
    name: 'heddle_drops_total',
    help: 'Dropped packets by verdict, of all hooks; without the IPv6 messages that every device sends by itself',
    labelNames: ['verdict'],
    registers: [registry],
    collect: () => {
      drops.reset();
      for (const verdict of VERDICT_NAMES) if (isDrop(verdict)) drops.inc({ verdict }, 0);
      for (const row of rows())
        if (isDrop(row.verdict) && !isLinkChatter(row))
          drops.inc({ verdict: row.verdict }, Number(row.packets));
    },
  });
}

function addEventLosses(registry: Registry, maps: Maps): void {
  const losses: Counter = new Counter({
    name: 'heddle_events_lost_total',
    help: 'Events that were lost because the ring buffer was full',
    registers: [registry],
    collect: () => {
      const set = maps();
      losses.reset();
      losses.inc(set === undefined ? 0 : Number(readEventLosses(set.hd_event_lost)));
    },
  });
}
