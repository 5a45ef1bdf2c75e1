// What can happen to an API server: it goes, refuses, hangs, cuts its answers, forgets its history, and changes who may ask it.
import type { StandInApiServer } from '../../support/api-server/api-server.ts';
import type { Fault, SeenRequest } from '../../support/api-server/answers.ts';
import { KINDS } from '../../support/api-server/collections.ts';
import { COSTS_NOTHING } from '../cost.ts';
import { nothingToEnd, type End, type SoakFault } from '../fault.ts';
import { NAMESPACE } from '../world/cluster-objects.ts';

const SHORT_MS = 4_000;
const LONG_MS = 15_000;
const RETRY_AFTER = '1';

const PATHS = Object.keys(KINDS);

type WriteToken = (token: string) => void;

export function apiServerFaults(server: StandInApiServer, writeToken: WriteToken): readonly SoakFault[] {
  return [...absences(server), ...refusals(server), ...silences(server), ...changes(server, writeToken)];
}

function fault(name: string, begin: SoakFault['begin'], lastsMs = SHORT_MS): SoakFault {
  return { name, holds: ['source'], cost: COSTS_NOTHING, lastsMs, begin };
}

function absences(server: StandInApiServer): readonly SoakFault[] {
  return [
    fault('the API server is away', async () => {
      await server.goAway();
      return () => server.comeUp();
    }),
    fault('the API server is restored from a backup', async () => {
      const backup = server.collections.backup();
      for (let i = 0; i < 30; i++) server.collections.put(NAMESPACE);
      await server.goAway();
      return () => server.comeUp(backup);
    }),
    fault('the API server has forgotten its history (410)', async () => {
      await server.goAway();
      server.collections.put(NAMESPACE);
      server.collections.compact();
      return () => server.comeUp();
    }),
  ];
}

/** Every request is answered so; watches that are open end. */
function refusals(server: StandInApiServer): readonly SoakFault[] {
  const answering = (status: number, retryAfter?: string): SoakFault =>
    fault(`the API server answers ${status}`, () =>
      disturbed(server, () => ({ status, ...(retryAfter !== undefined && { retryAfter }) })),
    );
  return [answering(403), answering(429, RETRY_AFTER), answering(500), answering(503)];
}

function silences(server: StandInApiServer): readonly SoakFault[] {
  const isWatch = ({ query }: SeenRequest): boolean => query['watch'] === 'true';
  return [
    fault('requests hang', () => disturbed(server, () => 'hang'), LONG_MS),
    fault('watches hang', () => disturbed(server, seen => (isWatch(seen) ? 'hang' : undefined)), LONG_MS),
    fault('answers stop after their beginning', () => disturbed(server, () => 'stall'), LONG_MS),
    fault('connections break', () => disturbed(server, () => 'break')),
    fault('watches break in the middle of a line', () => {
      for (const path of PATHS) server.breakWatches(path);
      return nothingToEnd;
    }),
    fault('lists break in the middle', () => {
      server.cutsBodies = true;
      server.collections.compact();
      const end = disturbed(server, () => undefined);
      return () => {
        server.cutsBodies = false;
        return end();
      };
    }),
  ];
}

/** `how`: what becomes of a request. */
function disturbed(server: StandInApiServer, how: (request: SeenRequest) => Fault | undefined): End {
  server.fault = how;
  for (const path of PATHS) server.endWatches(path);
  return () => {
    server.fault = () => undefined;
  };
}

function changes(server: StandInApiServer, writeToken: WriteToken): readonly SoakFault[] {
  return [
    fault('the token is rotated, and the old one refused at once', ({ random }) => {
      const token = `token-${random.int(2 ** 31)}`;
      server.tokens.clear();
      for (const path of PATHS) server.endWatches(path);
      return () => writeToken(token);
    }),
    fault('the Node object of a node is deleted for a moment', ({ node }) => {
      const object = server.collections.get('/api/v1/nodes', node.name);
      if (object === undefined) throw new Error(`there is no Node ${node.name}`);
      server.collections.remove(object);
      return () => server.collections.put(object);
    }),
  ];
}
