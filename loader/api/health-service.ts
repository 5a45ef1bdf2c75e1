// grpc.health.v1.Health: the readiness of each service for generic clients.
import { callFailure } from './call-failure.ts';
import type { DataplaneView } from './dataplane-view.ts';
import { grpc } from './proto.gen.js';
import { RequestError } from './request-error.ts';
import type { ServiceHandlers } from './service-definition.ts';
import { unary } from './unary.ts';
import { watch, type Watched } from './watch.ts';

type Handlers = ServiceHandlers<grpc.health.v1.Health, typeof grpc.health.v1>;
type ServingStatus = grpc.health.v1.HealthCheckResponse.ServingStatus;

const { ServingStatus } = grpc.health.v1.HealthCheckResponse;

/** Whether a service requires the dataplane to be ready; '' is the server as a whole. */
const NEEDS_READY: Readonly<Record<string, boolean>> = {
  '': true,
  'heddle.v1.Cni': true,
  'heddle.v1.Dataplane': false,
  'heddle.v1.Policy': false,
  'grpc.health.v1.Health': false,
  'grpc.reflection.v1.ServerReflection': false,
};

export function healthService(view: DataplaneView): Handlers {
  return {
    check: unary(({ service }) => {
      const status = servingStatus(view, service);
      if (status === ServingStatus.SERVICE_UNKNOWN)
        throw new RequestError('NOT_FOUND', `there is no service ${service}`);
      return { status };
    }, callFailure),
    watch: call => {
      watch(call, watchedHealth(view, call.request.service)).catch((error: unknown) => {
        call.emit('error', callFailure(error));
      });
    },
  };
}

function servingStatus(view: DataplaneView, service: string): ServingStatus {
  if (!Object.hasOwn(NEEDS_READY, service)) return ServingStatus.SERVICE_UNKNOWN;
  const isServing = NEEDS_READY[service] === false || view.status().ready;
  return isServing ? ServingStatus.SERVING : ServingStatus.NOT_SERVING;
}

/** A collection of one element: the status itself. */
function watchedHealth(
  view: DataplaneView,
  service: string,
): Watched<{ status: ServingStatus }, grpc.health.v1.IHealthCheckResponse> {
  return {
    snapshot: () => new Map([['', { status: servingStatus(view, service) }]]),
    onChange: listener => view.onChange(listener),
    eventOf: change => change.view,
    synced: undefined,
  };
}
