// heddle.v1.Dataplane on grpc-js, over a `DataplaneView`.
import { type ServerWritableStream } from '@grpc/grpc-js';
import { callFailure } from './call-failure.ts';
import { serveBidi } from './serve-bidi.ts';
import { endpointMessage, nodeMessage, routeMessage, statusMessage } from './dataplane-message.ts';
import { podRegistration, requestedAddress, requestedPrefix } from './dataplane-request.ts';
import type { DataplaneView } from './dataplane-view.ts';
import { byAddress, watchedEndpoints, watchedNodes, watchedRoutes } from './dataplane-watched.ts';
import type { heddle } from './proto.gen.js';
import { RequestError } from './request-error.ts';
import type { ServiceHandlers } from './service-definition.ts';
import { unary } from './unary.ts';
import { watch, type Watched } from './watch.ts';

type Handlers = ServiceHandlers<heddle.v1.Dataplane, typeof heddle.v1>;

export function dataplaneService(view: DataplaneView): Handlers {
  return { ...podHandlers(view), ...endpointHandlers(view), ...routeHandlers(view), ...nodeHandlers(view) };
}

function podHandlers(view: DataplaneView) {
  return {
    registerPod: unary(async request => {
      return { addresses: [...(await view.registerPod(podRegistration(request)))] };
    }, callFailure),
    registerPods: call => serveBidi(call, request => registerInStream(view, request)),
    unregisterPod: unary(async ({ containerId }) => {
      await view.unregisterPod(containerId);
      return {};
    }, callFailure),
    getStatus: unary(() => statusMessage(view.status()), callFailure),
  } satisfies Partial<Handlers>;
}

async function registerInStream(
  view: DataplaneView,
  request: heddle.v1.RegisterPodRequest,
): Promise<heddle.v1.IRegisterPodsResponse> {
  const { containerId } = request;
  try {
    return { containerId, addresses: [...(await view.registerPod(podRegistration(request)))] };
  } catch (error) {
    const { code, details } = callFailure(error);
    return { containerId, code, message: details };
  }
}

function endpointHandlers(view: DataplaneView) {
  return {
    getEndpoint: unary(request => {
      const address = requestedAddress(request);
      return endpointMessage(foundOrThrow(view.endpoint(address), `endpoint ${address}`));
    }, callFailure),
    listEndpoints: unary(
      () => ({ endpoints: byAddress(view.endpoints()).map(endpointMessage) }),
      callFailure,
    ),
    watchEndpoints: call => serve(call, watchedEndpoints(view)),
  } satisfies Partial<Handlers>;
}

function routeHandlers(view: DataplaneView) {
  return {
    getRoute: unary(request => {
      const prefix = requestedPrefix(request);
      return routeMessage(findOrThrow(view.routes(), one => one.prefix === prefix, `route ${prefix}`));
    }, callFailure),
    listRoutes: unary(() => ({ routes: view.routes().map(routeMessage) }), callFailure),
    watchRoutes: call => serve(call, watchedRoutes(view)),
  } satisfies Partial<Handlers>;
}

function nodeHandlers(view: DataplaneView) {
  return {
    getNode: unary(({ name }) => {
      if (name === '') throw new RequestError('INVALID_ARGUMENT', 'name: is empty');
      return nodeMessage(findOrThrow(view.nodes(), one => one.name === name, `node ${name}`));
    }, callFailure),
    listNodes: unary(() => ({ nodes: view.nodes().map(nodeMessage) }), callFailure),
    watchNodes: call => serve(call, watchedNodes(view)),
  } satisfies Partial<Handlers>;
}

function findOrThrow<View>(views: readonly View[], matches: (view: View) => boolean, name: string): View {
  return foundOrThrow(views.find(matches), name);
}

function foundOrThrow<View>(view: View | undefined, name: string): View {
  if (view === undefined) throw new RequestError('NOT_FOUND', `there is no ${name}`);
  return view;
}

function serve<View extends object, Event>(
  call: ServerWritableStream<object, Event>,
  watched: Watched<View, Event>,
): void {
  watch(call, watched).catch((error: unknown) => {
    call.emit('error', callFailure(error));
  });
}
