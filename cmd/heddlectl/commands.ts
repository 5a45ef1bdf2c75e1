// The commands by their first words. A group's modules are evaluated when it is wanted: all of them are a fifth of the CPU time of a short command.
import type { Command } from 'commander';

export interface CommandGroup {
  readonly words: readonly string[];
  readonly load: () => Promise<(program: Command) => void>;
}

/** In the order of help. Completion's hidden command is in no list: it wants them all. */
export const COMMAND_GROUPS: readonly CommandGroup[] = [
  { words: ['node'], load: async () => (await import('./tables/node.ts')).addNodeCommands },
  { words: ['endpoint'], load: async () => (await import('./tables/endpoint.ts')).addEndpointCommands },
  { words: ['route'], load: async () => (await import('./tables/route.ts')).addRouteCommands },
  { words: ['service'], load: async () => (await import('./tables/service.ts')).addServiceCommands },
  { words: ['policy'], load: async () => (await import('./policy/policy.ts')).addPolicyCommands },
  {
    words: ['apply', 'confirm', 'rollback'],
    load: async () => (await import('./policy/apply.ts')).addApplyCommands,
  },
  { words: ['cluster'], load: async () => (await import('./cluster/cluster.ts')).addClusterCommands },
  { words: ['conntrack'], load: async () => (await import('./tables/conntrack.ts')).addConntrackCommands },
  { words: ['trace'], load: async () => (await import('./events/trace.ts')).addTraceCommand },
  { words: ['monitor'], load: async () => (await import('./events/monitor.ts')).addMonitorCommand },
  { words: ['map'], load: async () => (await import('./tables/map.ts')).addMapCommands },
  { words: ['prog'], load: async () => (await import('./programs/prog.ts')).addProgCommands },
  { words: ['link'], load: async () => (await import('./programs/link.ts')).addLinkCommands },
  { words: ['stats'], load: async () => (await import('./node/stats.ts')).addStatsCommand },
  { words: ['status'], load: async () => (await import('./node/status.ts')).addStatusCommand },
  { words: ['doctor'], load: async () => (await import('./node/doctor.ts')).addDoctorCommand },
  { words: ['sysdump'], load: async () => (await import('./sysdump/sysdump.ts')).addSysdumpCommand },
  { words: ['redact'], load: async () => (await import('./sysdump/redact-command.ts')).addRedactCommand },
  {
    words: ['connectivity'],
    load: async () => (await import('./connectivity/connectivity.ts')).addConnectivityCommands,
  },
  { words: ['cleanup'], load: async () => (await import('./node/cleanup.ts')).addCleanupCommand },
  { words: ['version'], load: async () => (await import('./node/version.ts')).addVersionCommand },
  { words: ['lab'], load: async () => (await import('./lab/lab.ts')).addLabCommands },
  { words: ['migrate'], load: async () => (await import('./node/migrate.ts')).addMigrateCommand },
  {
    words: ['completion'],
    load: async () => (await import('./completion/completion.ts')).addCompletionCommand,
  },
];
