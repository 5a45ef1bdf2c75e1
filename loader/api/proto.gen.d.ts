// Generated from proto/ by scripts/gen-proto.ts; `make gen` writes it anew.
import * as $protobuf from "protobufjs";

export namespace grpc {

    namespace health {

        namespace v1 {

            class Health extends $protobuf.rpc.Service {
                constructor(rpcImpl: $protobuf.RPCImpl, requestDelimited?: boolean, responseDelimited?: boolean);
                check: grpc.health.v1.Health.Check;
                watch: grpc.health.v1.Health.Watch;
            }

            namespace Health {
                type CheckCallback = (error: (Error|null), response?: grpc.health.v1.HealthCheckResponse) => void;
                type Check = {
                  (request: grpc.health.v1.IHealthCheckRequest, callback: grpc.health.v1.Health.CheckCallback): void;
                  (request: grpc.health.v1.IHealthCheckRequest): Promise<grpc.health.v1.HealthCheckResponse>;
                  readonly name: "Check";
                  readonly path: "/grpc.health.v1.Health/Check";
                  readonly requestType: "HealthCheckRequest";
                  readonly responseType: "HealthCheckResponse";
                  readonly requestStream: undefined;
                  readonly responseStream: undefined;
                };
                type WatchCallback = (error: (Error|null), response?: grpc.health.v1.HealthCheckResponse) => void;
                type Watch = {
                  (request: grpc.health.v1.IHealthCheckRequest, callback: grpc.health.v1.Health.WatchCallback): void;
                  (request: grpc.health.v1.IHealthCheckRequest): Promise<grpc.health.v1.HealthCheckResponse>;
                  readonly name: "Watch";
                  readonly path: "/grpc.health.v1.Health/Watch";
                  readonly requestType: "HealthCheckRequest";
                  readonly responseType: "HealthCheckResponse";
                  readonly requestStream: undefined;
                  readonly responseStream: true;
                };
            }

            interface IHealthCheckRequest extends grpc.health.v1.HealthCheckRequest.$Properties {
            }

            class HealthCheckRequest {
                constructor(properties?: grpc.health.v1.HealthCheckRequest.$Properties);
                $unknowns?: Uint8Array[];
                service: string;
                static encode(message: grpc.health.v1.HealthCheckRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): grpc.health.v1.HealthCheckRequest & grpc.health.v1.HealthCheckRequest.$Shape;
            }

            namespace HealthCheckRequest {
                interface $Properties {
                    service?: (string|null);
                    $unknowns?: Uint8Array[];
                }
                type $Shape = grpc.health.v1.HealthCheckRequest.$Properties;
            }

            interface IHealthCheckResponse extends grpc.health.v1.HealthCheckResponse.$Properties {
            }

            class HealthCheckResponse {
                constructor(properties?: grpc.health.v1.HealthCheckResponse.$Properties);
                $unknowns?: Uint8Array[];
                status: grpc.health.v1.HealthCheckResponse.ServingStatus;
                static encode(message: grpc.health.v1.HealthCheckResponse.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): grpc.health.v1.HealthCheckResponse & grpc.health.v1.HealthCheckResponse.$Shape;
            }

            namespace HealthCheckResponse {
                interface $Properties {
                    status?: (grpc.health.v1.HealthCheckResponse.ServingStatus|null);
                    $unknowns?: Uint8Array[];
                }
                type $Shape = grpc.health.v1.HealthCheckResponse.$Properties;

                enum ServingStatus {
                    UNKNOWN = 0,
                    SERVING = 1,
                    NOT_SERVING = 2,
                    SERVICE_UNKNOWN = 3
                }
            }
        }
    }

    namespace reflection {

        namespace v1 {

            class ServerReflection extends $protobuf.rpc.Service {
                constructor(rpcImpl: $protobuf.RPCImpl, requestDelimited?: boolean, responseDelimited?: boolean);
                serverReflectionInfo: grpc.reflection.v1.ServerReflection.ServerReflectionInfo;
            }

            namespace ServerReflection {
                type ServerReflectionInfoCallback = (error: (Error|null), response?: grpc.reflection.v1.ServerReflectionResponse) => void;
                type ServerReflectionInfo = {
                  (request: grpc.reflection.v1.IServerReflectionRequest, callback: grpc.reflection.v1.ServerReflection.ServerReflectionInfoCallback): void;
                  (request: grpc.reflection.v1.IServerReflectionRequest): Promise<grpc.reflection.v1.ServerReflectionResponse>;
                  readonly name: "ServerReflectionInfo";
                  readonly path: "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo";
                  readonly requestType: "ServerReflectionRequest";
                  readonly responseType: "ServerReflectionResponse";
                  readonly requestStream: true;
                  readonly responseStream: true;
                };
            }

            interface IServerReflectionRequest extends grpc.reflection.v1.ServerReflectionRequest.$Properties {
            }

            class ServerReflectionRequest {
                constructor(properties?: grpc.reflection.v1.ServerReflectionRequest.$Properties);
                $unknowns?: Uint8Array[];
                host: string;
                fileByFilename?: (string|null);
                fileContainingSymbol?: (string|null);
                fileContainingExtension?: (grpc.reflection.v1.ExtensionRequest.$Properties|null);
                allExtensionNumbersOfType?: (string|null);
                listServices?: (string|null);
                messageRequest?: ("fileByFilename"|"fileContainingSymbol"|"fileContainingExtension"|"allExtensionNumbersOfType"|"listServices");
                static encode(message: grpc.reflection.v1.ServerReflectionRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): grpc.reflection.v1.ServerReflectionRequest & grpc.reflection.v1.ServerReflectionRequest.$Shape;
            }

            namespace ServerReflectionRequest {
                interface $Properties {
                    host?: (string|null);
                    fileByFilename?: (string|null);
                    fileContainingSymbol?: (string|null);
                    fileContainingExtension?: (grpc.reflection.v1.ExtensionRequest.$Properties|null);
                    allExtensionNumbersOfType?: (string|null);
                    listServices?: (string|null);
                    messageRequest?: ("fileByFilename"|"fileContainingSymbol"|"fileContainingExtension"|"allExtensionNumbersOfType"|"listServices");
                    $unknowns?: Uint8Array[];
                }
                type $Shape = {
                  host?: string|null;
                  fileByFilename?: string|null;
                  fileContainingSymbol?: string|null;
                  fileContainingExtension?: grpc.reflection.v1.ExtensionRequest.$Shape|null;
                  allExtensionNumbersOfType?: string|null;
                  listServices?: string|null;
                  $unknowns?: Uint8Array[];
                } & (
                  ({ messageRequest?: undefined; fileByFilename?: null; fileContainingSymbol?: null; fileContainingExtension?: null; allExtensionNumbersOfType?: null; listServices?: null }|{ messageRequest?: "fileByFilename"; fileByFilename: string; fileContainingSymbol?: null; fileContainingExtension?: null; allExtensionNumbersOfType?: null; listServices?: null }|{ messageRequest?: "fileContainingSymbol"; fileByFilename?: null; fileContainingSymbol: string; fileContainingExtension?: null; allExtensionNumbersOfType?: null; listServices?: null }|{ messageRequest?: "fileContainingExtension"; fileByFilename?: null; fileContainingSymbol?: null; fileContainingExtension: grpc.reflection.v1.ExtensionRequest.$Shape; allExtensionNumbersOfType?: null; listServices?: null }|{ messageRequest?: "allExtensionNumbersOfType"; fileByFilename?: null; fileContainingSymbol?: null; fileContainingExtension?: null; allExtensionNumbersOfType: string; listServices?: null }|{ messageRequest?: "listServices"; fileByFilename?: null; fileContainingSymbol?: null; fileContainingExtension?: null; allExtensionNumbersOfType?: null; listServices: string })
                );
            }

            interface IExtensionRequest extends grpc.reflection.v1.ExtensionRequest.$Properties {
            }

            class ExtensionRequest {
                constructor(properties?: grpc.reflection.v1.ExtensionRequest.$Properties);
                $unknowns?: Uint8Array[];
                containingType: string;
                extensionNumber: number;
                static encode(message: grpc.reflection.v1.ExtensionRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): grpc.reflection.v1.ExtensionRequest & grpc.reflection.v1.ExtensionRequest.$Shape;
            }

            namespace ExtensionRequest {
                interface $Properties {
                    containingType?: (string|null);
                    extensionNumber?: (number|null);
                    $unknowns?: Uint8Array[];
                }
                type $Shape = grpc.reflection.v1.ExtensionRequest.$Properties;
            }

            interface IServerReflectionResponse extends grpc.reflection.v1.ServerReflectionResponse.$Properties {
            }

            class ServerReflectionResponse {
                constructor(properties?: grpc.reflection.v1.ServerReflectionResponse.$Properties);
                $unknowns?: Uint8Array[];
                validHost: string;
                originalRequest?: (grpc.reflection.v1.ServerReflectionRequest.$Properties|null);
                fileDescriptorResponse?: (grpc.reflection.v1.FileDescriptorResponse.$Properties|null);
                allExtensionNumbersResponse?: (grpc.reflection.v1.ExtensionNumberResponse.$Properties|null);
                listServicesResponse?: (grpc.reflection.v1.ListServiceResponse.$Properties|null);
                errorResponse?: (grpc.reflection.v1.ErrorResponse.$Properties|null);
                messageResponse?: ("fileDescriptorResponse"|"allExtensionNumbersResponse"|"listServicesResponse"|"errorResponse");
                static encode(message: grpc.reflection.v1.ServerReflectionResponse.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): grpc.reflection.v1.ServerReflectionResponse & grpc.reflection.v1.ServerReflectionResponse.$Shape;
            }

            namespace ServerReflectionResponse {
                interface $Properties {
                    validHost?: (string|null);
                    originalRequest?: (grpc.reflection.v1.ServerReflectionRequest.$Properties|null);
                    fileDescriptorResponse?: (grpc.reflection.v1.FileDescriptorResponse.$Properties|null);
                    allExtensionNumbersResponse?: (grpc.reflection.v1.ExtensionNumberResponse.$Properties|null);
                    listServicesResponse?: (grpc.reflection.v1.ListServiceResponse.$Properties|null);
                    errorResponse?: (grpc.reflection.v1.ErrorResponse.$Properties|null);
                    messageResponse?: ("fileDescriptorResponse"|"allExtensionNumbersResponse"|"listServicesResponse"|"errorResponse");
                    $unknowns?: Uint8Array[];
                }
                type $Shape = {
                  validHost?: string|null;
                  originalRequest?: grpc.reflection.v1.ServerReflectionRequest.$Shape|null;
                  fileDescriptorResponse?: grpc.reflection.v1.FileDescriptorResponse.$Shape|null;
                  allExtensionNumbersResponse?: grpc.reflection.v1.ExtensionNumberResponse.$Shape|null;
                  listServicesResponse?: grpc.reflection.v1.ListServiceResponse.$Shape|null;
                  errorResponse?: grpc.reflection.v1.ErrorResponse.$Shape|null;
                  $unknowns?: Uint8Array[];
                } & (
                  ({ messageResponse?: undefined; fileDescriptorResponse?: null; allExtensionNumbersResponse?: null; listServicesResponse?: null; errorResponse?: null }|{ messageResponse?: "fileDescriptorResponse"; fileDescriptorResponse: grpc.reflection.v1.FileDescriptorResponse.$Shape; allExtensionNumbersResponse?: null; listServicesResponse?: null; errorResponse?: null }|{ messageResponse?: "allExtensionNumbersResponse"; fileDescriptorResponse?: null; allExtensionNumbersResponse: grpc.reflection.v1.ExtensionNumberResponse.$Shape; listServicesResponse?: null; errorResponse?: null }|{ messageResponse?: "listServicesResponse"; fileDescriptorResponse?: null; allExtensionNumbersResponse?: null; listServicesResponse: grpc.reflection.v1.ListServiceResponse.$Shape; errorResponse?: null }|{ messageResponse?: "errorResponse"; fileDescriptorResponse?: null; allExtensionNumbersResponse?: null; listServicesResponse?: null; errorResponse: grpc.reflection.v1.ErrorResponse.$Shape })
                );
            }

            interface IFileDescriptorResponse extends grpc.reflection.v1.FileDescriptorResponse.$Properties {
            }

            class FileDescriptorResponse {
                constructor(properties?: grpc.reflection.v1.FileDescriptorResponse.$Properties);
                $unknowns?: Uint8Array[];
                fileDescriptorProto: Uint8Array[];
                static encode(message: grpc.reflection.v1.FileDescriptorResponse.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): grpc.reflection.v1.FileDescriptorResponse & grpc.reflection.v1.FileDescriptorResponse.$Shape;
            }

            namespace FileDescriptorResponse {
                interface $Properties {
                    fileDescriptorProto?: (Uint8Array[]|null);
                    $unknowns?: Uint8Array[];
                }
                type $Shape = grpc.reflection.v1.FileDescriptorResponse.$Properties;
            }

            interface IExtensionNumberResponse extends grpc.reflection.v1.ExtensionNumberResponse.$Properties {
            }

            class ExtensionNumberResponse {
                constructor(properties?: grpc.reflection.v1.ExtensionNumberResponse.$Properties);
                $unknowns?: Uint8Array[];
                baseTypeName: string;
                extensionNumber: number[];
                static encode(message: grpc.reflection.v1.ExtensionNumberResponse.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): grpc.reflection.v1.ExtensionNumberResponse & grpc.reflection.v1.ExtensionNumberResponse.$Shape;
            }

            namespace ExtensionNumberResponse {
                interface $Properties {
                    baseTypeName?: (string|null);
                    extensionNumber?: (number[]|null);
                    $unknowns?: Uint8Array[];
                }
                type $Shape = grpc.reflection.v1.ExtensionNumberResponse.$Properties;
            }

            interface IListServiceResponse extends grpc.reflection.v1.ListServiceResponse.$Properties {
            }

            class ListServiceResponse {
                constructor(properties?: grpc.reflection.v1.ListServiceResponse.$Properties);
                $unknowns?: Uint8Array[];
                service: grpc.reflection.v1.ServiceResponse.$Properties[];
                static encode(message: grpc.reflection.v1.ListServiceResponse.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): grpc.reflection.v1.ListServiceResponse & grpc.reflection.v1.ListServiceResponse.$Shape;
            }

            namespace ListServiceResponse {
                interface $Properties {
                    service?: (grpc.reflection.v1.ServiceResponse.$Properties[]|null);
                    $unknowns?: Uint8Array[];
                }
                type $Shape = grpc.reflection.v1.ListServiceResponse.$Properties;
            }

            interface IServiceResponse extends grpc.reflection.v1.ServiceResponse.$Properties {
            }

            class ServiceResponse {
                constructor(properties?: grpc.reflection.v1.ServiceResponse.$Properties);
                $unknowns?: Uint8Array[];
                name: string;
                static encode(message: grpc.reflection.v1.ServiceResponse.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): grpc.reflection.v1.ServiceResponse & grpc.reflection.v1.ServiceResponse.$Shape;
            }

            namespace ServiceResponse {
                interface $Properties {
                    name?: (string|null);
                    $unknowns?: Uint8Array[];
                }
                type $Shape = grpc.reflection.v1.ServiceResponse.$Properties;
            }

            interface IErrorResponse extends grpc.reflection.v1.ErrorResponse.$Properties {
            }

            class ErrorResponse {
                constructor(properties?: grpc.reflection.v1.ErrorResponse.$Properties);
                $unknowns?: Uint8Array[];
                errorCode: number;
                errorMessage: string;
                static encode(message: grpc.reflection.v1.ErrorResponse.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): grpc.reflection.v1.ErrorResponse & grpc.reflection.v1.ErrorResponse.$Shape;
            }

            namespace ErrorResponse {
                interface $Properties {
                    errorCode?: (number|null);
                    errorMessage?: (string|null);
                    $unknowns?: Uint8Array[];
                }
                type $Shape = grpc.reflection.v1.ErrorResponse.$Properties;
            }
        }
    }
}

export namespace heddle {

    namespace v1 {

        class Cni extends $protobuf.rpc.Service {
            constructor(rpcImpl: $protobuf.RPCImpl, requestDelimited?: boolean, responseDelimited?: boolean);
            add: heddle.v1.Cni.Add;
            del: heddle.v1.Cni.Del;
            check: heddle.v1.Cni.Check;
            gc: heddle.v1.Cni.Gc;
            status: heddle.v1.Cni.Status;
        }

        namespace Cni {
            type AddCallback = (error: (Error|null), response?: heddle.v1.CniReply) => void;
            type Add = {
              (request: heddle.v1.ICniRequest, callback: heddle.v1.Cni.AddCallback): void;
              (request: heddle.v1.ICniRequest): Promise<heddle.v1.CniReply>;
              readonly name: "Add";
              readonly path: "/heddle.v1.Cni/Add";
              readonly requestType: "CniRequest";
              readonly responseType: "CniReply";
              readonly requestStream: undefined;
              readonly responseStream: undefined;
            };
            type DelCallback = (error: (Error|null), response?: heddle.v1.CniReply) => void;
            type Del = {
              (request: heddle.v1.ICniRequest, callback: heddle.v1.Cni.DelCallback): void;
              (request: heddle.v1.ICniRequest): Promise<heddle.v1.CniReply>;
              readonly name: "Del";
              readonly path: "/heddle.v1.Cni/Del";
              readonly requestType: "CniRequest";
              readonly responseType: "CniReply";
              readonly requestStream: undefined;
              readonly responseStream: undefined;
            };
            type CheckCallback = (error: (Error|null), response?: heddle.v1.CniReply) => void;
            type Check = {
              (request: heddle.v1.ICniRequest, callback: heddle.v1.Cni.CheckCallback): void;
              (request: heddle.v1.ICniRequest): Promise<heddle.v1.CniReply>;
              readonly name: "Check";
              readonly path: "/heddle.v1.Cni/Check";
              readonly requestType: "CniRequest";
              readonly responseType: "CniReply";
              readonly requestStream: undefined;
              readonly responseStream: undefined;
            };
            type GcCallback = (error: (Error|null), response?: heddle.v1.CniReply) => void;
            type Gc = {
              (request: heddle.v1.ICniRequest, callback: heddle.v1.Cni.GcCallback): void;
              (request: heddle.v1.ICniRequest): Promise<heddle.v1.CniReply>;
              readonly name: "Gc";
              readonly path: "/heddle.v1.Cni/Gc";
              readonly requestType: "CniRequest";
              readonly responseType: "CniReply";
              readonly requestStream: undefined;
              readonly responseStream: undefined;
            };
            type StatusCallback = (error: (Error|null), response?: heddle.v1.CniReply) => void;
            type Status = {
              (request: heddle.v1.ICniRequest, callback: heddle.v1.Cni.StatusCallback): void;
              (request: heddle.v1.ICniRequest): Promise<heddle.v1.CniReply>;
              readonly name: "Status";
              readonly path: "/heddle.v1.Cni/Status";
              readonly requestType: "CniRequest";
              readonly responseType: "CniReply";
              readonly requestStream: undefined;
              readonly responseStream: undefined;
            };
        }

        interface ICniRequest extends heddle.v1.CniRequest.$Properties {
        }

        class CniRequest {
            constructor(properties?: heddle.v1.CniRequest.$Properties);
            $unknowns?: Uint8Array[];
            containerId: string;
            netns: string;
            ifname: string;
            args: string;
            path: string;
            config: Uint8Array;
            netnsPath: string;
            startedMs: number;
            static encode(message: heddle.v1.CniRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): heddle.v1.CniRequest & heddle.v1.CniRequest.$Shape;
        }

        namespace CniRequest {
            interface $Properties {
                containerId?: (string|null);
                netns?: (string|null);
                ifname?: (string|null);
                args?: (string|null);
                path?: (string|null);
                config?: (Uint8Array|null);
                netnsPath?: (string|null);
                startedMs?: (number|null);
                $unknowns?: Uint8Array[];
            }
            type $Shape = heddle.v1.CniRequest.$Properties;
        }

        interface ICniReply extends heddle.v1.CniReply.$Properties {
        }

        class CniReply {
            constructor(properties?: heddle.v1.CniReply.$Properties);
            $unknowns?: Uint8Array[];
            result: Uint8Array;
            static encode(message: heddle.v1.CniReply.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): heddle.v1.CniReply & heddle.v1.CniReply.$Shape;
        }

        namespace CniReply {
            interface $Properties {
                result?: (Uint8Array|null);
                $unknowns?: Uint8Array[];
            }
            type $Shape = heddle.v1.CniReply.$Properties;
        }

        class Dataplane extends $protobuf.rpc.Service {
            constructor(rpcImpl: $protobuf.RPCImpl, requestDelimited?: boolean, responseDelimited?: boolean);
            registerPod: heddle.v1.Dataplane.RegisterPod;
            registerPods: heddle.v1.Dataplane.RegisterPods;
            unregisterPod: heddle.v1.Dataplane.UnregisterPod;
            getEndpoint: heddle.v1.Dataplane.GetEndpoint;
            listEndpoints: heddle.v1.Dataplane.ListEndpoints;
            watchEndpoints: heddle.v1.Dataplane.WatchEndpoints;
            getRoute: heddle.v1.Dataplane.GetRoute;
            listRoutes: heddle.v1.Dataplane.ListRoutes;
            watchRoutes: heddle.v1.Dataplane.WatchRoutes;
            getNode: heddle.v1.Dataplane.GetNode;
            listNodes: heddle.v1.Dataplane.ListNodes;
            watchNodes: heddle.v1.Dataplane.WatchNodes;
            getStatus: heddle.v1.Dataplane.GetStatus;
        }

        namespace Dataplane {
            type RegisterPodCallback = (error: (Error|null), response?: heddle.v1.RegisterPodResponse) => void;
            type RegisterPod = {
              (request: heddle.v1.IRegisterPodRequest, callback: heddle.v1.Dataplane.RegisterPodCallback): void;
              (request: heddle.v1.IRegisterPodRequest): Promise<heddle.v1.RegisterPodResponse>;
              readonly name: "RegisterPod";
              readonly path: "/heddle.v1.Dataplane/RegisterPod";
              readonly requestType: "RegisterPodRequest";
              readonly responseType: "RegisterPodResponse";
              readonly requestStream: undefined;
              readonly responseStream: undefined;
            };
            type RegisterPodsCallback = (error: (Error|null), response?: heddle.v1.RegisterPodsResponse) => void;
            type RegisterPods = {
              (request: heddle.v1.IRegisterPodRequest, callback: heddle.v1.Dataplane.RegisterPodsCallback): void;
              (request: heddle.v1.IRegisterPodRequest): Promise<heddle.v1.RegisterPodsResponse>;
              readonly name: "RegisterPods";
              readonly path: "/heddle.v1.Dataplane/RegisterPods";
              readonly requestType: "RegisterPodRequest";
              readonly responseType: "RegisterPodsResponse";
              readonly requestStream: true;
              readonly responseStream: true;
            };
            type UnregisterPodCallback = (error: (Error|null), response?: heddle.v1.UnregisterPodResponse) => void;
            type UnregisterPod = {
              (request: heddle.v1.IUnregisterPodRequest, callback: heddle.v1.Dataplane.UnregisterPodCallback): void;
              (request: heddle.v1.IUnregisterPodRequest): Promise<heddle.v1.UnregisterPodResponse>;
              readonly name: "UnregisterPod";
              readonly path: "/heddle.v1.Dataplane/UnregisterPod";
              readonly requestType: "UnregisterPodRequest";
              readonly responseType: "UnregisterPodResponse";
              readonly requestStream: undefined;
              readonly responseStream: undefined;
            };
            type GetEndpointCallback = (error: (Error|null), response?: heddle.v1.Endpoint) => void;
            type GetEndpoint = {
              (request: heddle.v1.IGetEndpointRequest, callback: heddle.v1.Dataplane.GetEndpointCallback): void;
              (request: heddle.v1.IGetEndpointRequest): Promise<heddle.v1.Endpoint>;
              readonly name: "GetEndpoint";
              readonly path: "/heddle.v1.Dataplane/GetEndpoint";
              readonly requestType: "GetEndpointRequest";
              readonly responseType: "Endpoint";
              readonly requestStream: undefined;
              readonly responseStream: undefined;
            };
            type ListEndpointsCallback = (error: (Error|null), response?: heddle.v1.ListEndpointsResponse) => void;
            type ListEndpoints = {
              (request: heddle.v1.IListEndpointsRequest, callback: heddle.v1.Dataplane.ListEndpointsCallback): void;
              (request: heddle.v1.IListEndpointsRequest): Promise<heddle.v1.ListEndpointsResponse>;
              readonly name: "ListEndpoints";
              readonly path: "/heddle.v1.Dataplane/ListEndpoints";
              readonly requestType: "ListEndpointsRequest";
              readonly responseType: "ListEndpointsResponse";
              readonly requestStream: undefined;
              readonly responseStream: undefined;
            };
            type WatchEndpointsCallback = (error: (Error|null), response?: heddle.v1.EndpointEvent) => void;
            type WatchEndpoints = {
              (request: heddle.v1.IWatchEndpointsRequest, callback: heddle.v1.Dataplane.WatchEndpointsCallback): void;
              (request: heddle.v1.IWatchEndpointsRequest): Promise<heddle.v1.EndpointEvent>;
              readonly name: "WatchEndpoints";
              readonly path: "/heddle.v1.Dataplane/WatchEndpoints";
              readonly requestType: "WatchEndpointsRequest";
              readonly responseType: "EndpointEvent";
              readonly requestStream: undefined;
              readonly responseStream: true;
            };
            type GetRouteCallback = (error: (Error|null), response?: heddle.v1.Route) => void;
            type GetRoute = {
              (request: heddle.v1.IGetRouteRequest, callback: heddle.v1.Dataplane.GetRouteCallback): void;
              (request: heddle.v1.IGetRouteRequest): Promise<heddle.v1.Route>;
              readonly name: "GetRoute";
              readonly path: "/heddle.v1.Dataplane/GetRoute";
              readonly requestType: "GetRouteRequest";
              readonly responseType: "Route";
              readonly requestStream: undefined;
              readonly responseStream: undefined;
            };
            type ListRoutesCallback = (error: (Error|null), response?: heddle.v1.ListRoutesResponse) => void;
            type ListRoutes = {
              (request: heddle.v1.IListRoutesRequest, callback: heddle.v1.Dataplane.ListRoutesCallback): void;
              (request: heddle.v1.IListRoutesRequest): Promise<heddle.v1.ListRoutesResponse>;
              readonly name: "ListRoutes";
              readonly path: "/heddle.v1.Dataplane/ListRoutes";
              readonly requestType: "ListRoutesRequest";
              readonly responseType: "ListRoutesResponse";
              readonly requestStream: undefined;
              readonly responseStream: undefined;
            };
            type WatchRoutesCallback = (error: (Error|null), response?: heddle.v1.RouteEvent) => void;
            type WatchRoutes = {
              (request: heddle.v1.IWatchRoutesRequest, callback: heddle.v1.Dataplane.WatchRoutesCallback): void;
              (request: heddle.v1.IWatchRoutesRequest): Promise<heddle.v1.RouteEvent>;
              readonly name: "WatchRoutes";
              readonly path: "/heddle.v1.Dataplane/WatchRoutes";
              readonly requestType: "WatchRoutesRequest";
              readonly responseType: "RouteEvent";
              readonly requestStream: undefined;
              readonly responseStream: true;
            };
            type GetNodeCallback = (error: (Error|null), response?: heddle.v1.Node) => void;
            type GetNode = {
              (request: heddle.v1.IGetNodeRequest, callback: heddle.v1.Dataplane.GetNodeCallback): void;
              (request: heddle.v1.IGetNodeRequest): Promise<heddle.v1.Node>;
              readonly name: "GetNode";
              readonly path: "/heddle.v1.Dataplane/GetNode";
              readonly requestType: "GetNodeRequest";
              readonly responseType: "Node";
              readonly requestStream: undefined;
              readonly responseStream: undefined;
            };
            type ListNodesCallback = (error: (Error|null), response?: heddle.v1.ListNodesResponse) => void;
            type ListNodes = {
              (request: heddle.v1.IListNodesRequest, callback: heddle.v1.Dataplane.ListNodesCallback): void;
              (request: heddle.v1.IListNodesRequest): Promise<heddle.v1.ListNodesResponse>;
              readonly name: "ListNodes";
              readonly path: "/heddle.v1.Dataplane/ListNodes";
              readonly requestType: "ListNodesRequest";
              readonly responseType: "ListNodesResponse";
              readonly requestStream: undefined;
              readonly responseStream: undefined;
            };
            type WatchNodesCallback = (error: (Error|null), response?: heddle.v1.NodeEvent) => void;
            type WatchNodes = {
              (request: heddle.v1.IWatchNodesRequest, callback: heddle.v1.Dataplane.WatchNodesCallback): void;
              (request: heddle.v1.IWatchNodesRequest): Promise<heddle.v1.NodeEvent>;
              readonly name: "WatchNodes";
              readonly path: "/heddle.v1.Dataplane/WatchNodes";
              readonly requestType: "WatchNodesRequest";
              readonly responseType: "NodeEvent";
              readonly requestStream: undefined;
              readonly responseStream: true;
            };
            type GetStatusCallback = (error: (Error|null), response?: heddle.v1.GetStatusResponse) => void;
            type GetStatus = {
              (request: heddle.v1.IGetStatusRequest, callback: heddle.v1.Dataplane.GetStatusCallback): void;
              (request: heddle.v1.IGetStatusRequest): Promise<heddle.v1.GetStatusResponse>;
              readonly name: "GetStatus";
              readonly path: "/heddle.v1.Dataplane/GetStatus";
              readonly requestType: "GetStatusRequest";
              readonly responseType: "GetStatusResponse";
              readonly requestStream: undefined;
              readonly responseStream: undefined;
            };
        }

        enum EventKind {
            EVENT_KIND_UNSPECIFIED = 0,
            EVENT_KIND_ADDED = 1,
            EVENT_KIND_MODIFIED = 2,
            EVENT_KIND_DELETED = 3,
            EVENT_KIND_SYNCED = 4
        }

        enum EndpointKind {
            ENDPOINT_KIND_UNSPECIFIED = 0,
            ENDPOINT_KIND_LOCAL_POD = 1,
            ENDPOINT_KIND_LOCAL_HOST = 2,
            ENDPOINT_KIND_REMOTE_POD = 3,
            ENDPOINT_KIND_REMOTE_NODE = 4,
            ENDPOINT_KIND_SERVICE = 5
        }

        enum RouteKind {
            ROUTE_KIND_UNSPECIFIED = 0,
            ROUTE_KIND_LOCAL = 1,
            ROUTE_KIND_OVERLAY = 2,
            ROUTE_KIND_DIRECT = 3
        }

        interface IEndpoint extends heddle.v1.Endpoint.$Properties {
        }

        class Endpoint {
            constructor(properties?: heddle.v1.Endpoint.$Properties);
            $unknowns?: Uint8Array[];
            address: string;
            kind: heddle.v1.EndpointKind;
            vni: number;
            node: string;
            podNamespace: string;
            podName: string;
            ifindex: number;
            hostInterface: string;
            mac: string;
            containerId: string;
            serviceNamespace: string;
            serviceName: string;
            static encode(message: heddle.v1.Endpoint.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): heddle.v1.Endpoint & heddle.v1.Endpoint.$Shape;
        }

        namespace Endpoint {
            interface $Properties {
                address?: (string|null);
                kind?: (heddle.v1.EndpointKind|null);
                vni?: (number|null);
                node?: (string|null);
                podNamespace?: (string|null);
                podName?: (string|null);
                ifindex?: (number|null);
                hostInterface?: (string|null);
                mac?: (string|null);
                containerId?: (string|null);
                serviceNamespace?: (string|null);
                serviceName?: (string|null);
                $unknowns?: Uint8Array[];
            }
            type $Shape = heddle.v1.Endpoint.$Properties;
        }

        interface IRoute extends heddle.v1.Route.$Properties {
        }

        class Route {
            constructor(properties?: heddle.v1.Route.$Properties);
            $unknowns?: Uint8Array[];
            prefix: string;
            kind: heddle.v1.RouteKind;
            vni: number;
            node: string;
            tunnel: string;
            nextHop: string;
            mtu: number;
            replyOnly: boolean;
            static encode(message: heddle.v1.Route.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): heddle.v1.Route & heddle.v1.Route.$Shape;
        }

        namespace Route {
            interface $Properties {
                prefix?: (string|null);
                kind?: (heddle.v1.RouteKind|null);
                vni?: (number|null);
                node?: (string|null);
                tunnel?: (string|null);
                nextHop?: (string|null);
                mtu?: (number|null);
                replyOnly?: (boolean|null);
                $unknowns?: Uint8Array[];
            }
            type $Shape = heddle.v1.Route.$Properties;
        }

        interface INode extends heddle.v1.Node.$Properties {
        }

        class Node {
            constructor(properties?: heddle.v1.Node.$Properties);
            $unknowns?: Uint8Array[];
            name: string;
            id: number;
            addresses: string[];
            podCidrs: string[];
            local: boolean;
            tunnelAddress: string;
            static encode(message: heddle.v1.Node.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): heddle.v1.Node & heddle.v1.Node.$Shape;
        }

        namespace Node {
            interface $Properties {
                name?: (string|null);
                id?: (number|null);
                addresses?: (string[]|null);
                podCidrs?: (string[]|null);
                local?: (boolean|null);
                tunnelAddress?: (string|null);
                $unknowns?: Uint8Array[];
            }
            type $Shape = heddle.v1.Node.$Properties;
        }

        interface IRegisterPodRequest extends heddle.v1.RegisterPodRequest.$Properties {
        }

        class RegisterPodRequest {
            constructor(properties?: heddle.v1.RegisterPodRequest.$Properties);
            $unknowns?: Uint8Array[];
            containerId: string;
            hostInterface: string;
            mac: string;
            addresses: string[];
            podNamespace: string;
            podName: string;
            static encode(message: heddle.v1.RegisterPodRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): heddle.v1.RegisterPodRequest & heddle.v1.RegisterPodRequest.$Shape;
        }

        namespace RegisterPodRequest {
            interface $Properties {
                containerId?: (string|null);
                hostInterface?: (string|null);
                mac?: (string|null);
                addresses?: (string[]|null);
                podNamespace?: (string|null);
                podName?: (string|null);
                $unknowns?: Uint8Array[];
            }
            type $Shape = heddle.v1.RegisterPodRequest.$Properties;
        }

        interface IRegisterPodResponse extends heddle.v1.RegisterPodResponse.$Properties {
        }

        class RegisterPodResponse {
            constructor(properties?: heddle.v1.RegisterPodResponse.$Properties);
            $unknowns?: Uint8Array[];
            addresses: string[];
            static encode(message: heddle.v1.RegisterPodResponse.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): heddle.v1.RegisterPodResponse & heddle.v1.RegisterPodResponse.$Shape;
        }

        namespace RegisterPodResponse {
            interface $Properties {
                addresses?: (string[]|null);
                $unknowns?: Uint8Array[];
            }
            type $Shape = heddle.v1.RegisterPodResponse.$Properties;
        }

        interface IRegisterPodsResponse extends heddle.v1.RegisterPodsResponse.$Properties {
        }

        class RegisterPodsResponse {
            constructor(properties?: heddle.v1.RegisterPodsResponse.$Properties);
            $unknowns?: Uint8Array[];
            containerId: string;
            addresses: string[];
            code: number;
            message: string;
            static encode(message: heddle.v1.RegisterPodsResponse.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): heddle.v1.RegisterPodsResponse & heddle.v1.RegisterPodsResponse.$Shape;
        }

        namespace RegisterPodsResponse {
            interface $Properties {
                containerId?: (string|null);
                addresses?: (string[]|null);
                code?: (number|null);
                message?: (string|null);
                $unknowns?: Uint8Array[];
            }
            type $Shape = heddle.v1.RegisterPodsResponse.$Properties;
        }

        interface IUnregisterPodRequest extends heddle.v1.UnregisterPodRequest.$Properties {
        }

        class UnregisterPodRequest {
            constructor(properties?: heddle.v1.UnregisterPodRequest.$Properties);
            $unknowns?: Uint8Array[];
            containerId: string;
            static encode(message: heddle.v1.UnregisterPodRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): heddle.v1.UnregisterPodRequest & heddle.v1.UnregisterPodRequest.$Shape;
        }

        namespace UnregisterPodRequest {
            interface $Properties {
                containerId?: (string|null);
                $unknowns?: Uint8Array[];
            }
            type $Shape = heddle.v1.UnregisterPodRequest.$Properties;
        }

        interface IUnregisterPodResponse extends heddle.v1.UnregisterPodResponse.$Properties {
        }

        class UnregisterPodResponse {
            constructor(properties?: heddle.v1.UnregisterPodResponse.$Properties);
            $unknowns?: Uint8Array[];
            static encode(message: heddle.v1.UnregisterPodResponse.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): heddle.v1.UnregisterPodResponse & heddle.v1.UnregisterPodResponse.$Shape;
        }

        namespace UnregisterPodResponse {
            interface $Properties {
                $unknowns?: Uint8Array[];
            }
            type $Shape = heddle.v1.UnregisterPodResponse.$Properties;
        }

        interface IGetEndpointRequest extends heddle.v1.GetEndpointRequest.$Properties {
        }

        class GetEndpointRequest {
            constructor(properties?: heddle.v1.GetEndpointRequest.$Properties);
            $unknowns?: Uint8Array[];
            address: string;
            static encode(message: heddle.v1.GetEndpointRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): heddle.v1.GetEndpointRequest & heddle.v1.GetEndpointRequest.$Shape;
        }

        namespace GetEndpointRequest {
            interface $Properties {
                address?: (string|null);
                $unknowns?: Uint8Array[];
            }
            type $Shape = heddle.v1.GetEndpointRequest.$Properties;
        }

        interface IListEndpointsRequest extends heddle.v1.ListEndpointsRequest.$Properties {
        }

        class ListEndpointsRequest {
            constructor(properties?: heddle.v1.ListEndpointsRequest.$Properties);
            $unknowns?: Uint8Array[];
            static encode(message: heddle.v1.ListEndpointsRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): heddle.v1.ListEndpointsRequest & heddle.v1.ListEndpointsRequest.$Shape;
        }

        namespace ListEndpointsRequest {
            interface $Properties {
                $unknowns?: Uint8Array[];
            }
            type $Shape = heddle.v1.ListEndpointsRequest.$Properties;
        }

        interface IListEndpointsResponse extends heddle.v1.ListEndpointsResponse.$Properties {
        }

        class ListEndpointsResponse {
            constructor(properties?: heddle.v1.ListEndpointsResponse.$Properties);
            $unknowns?: Uint8Array[];
            endpoints: heddle.v1.Endpoint.$Properties[];
            static encode(message: heddle.v1.ListEndpointsResponse.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): heddle.v1.ListEndpointsResponse & heddle.v1.ListEndpointsResponse.$Shape;
        }

        namespace ListEndpointsResponse {
            interface $Properties {
                endpoints?: (heddle.v1.Endpoint.$Properties[]|null);
                $unknowns?: Uint8Array[];
            }
            type $Shape = heddle.v1.ListEndpointsResponse.$Properties;
        }

        interface IWatchEndpointsRequest extends heddle.v1.WatchEndpointsRequest.$Properties {
        }

        class WatchEndpointsRequest {
            constructor(properties?: heddle.v1.WatchEndpointsRequest.$Properties);
            $unknowns?: Uint8Array[];
            static encode(message: heddle.v1.WatchEndpointsRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): heddle.v1.WatchEndpointsRequest & heddle.v1.WatchEndpointsRequest.$Shape;
        }

        namespace WatchEndpointsRequest {
            interface $Properties {
                $unknowns?: Uint8Array[];
            }
            type $Shape = heddle.v1.WatchEndpointsRequest.$Properties;
        }

        interface IEndpointEvent extends heddle.v1.EndpointEvent.$Properties {
        }

        class EndpointEvent {
            constructor(properties?: heddle.v1.EndpointEvent.$Properties);
            $unknowns?: Uint8Array[];
            kind: heddle.v1.EventKind;
            endpoint?: (heddle.v1.Endpoint.$Properties|null);
            static encode(message: heddle.v1.EndpointEvent.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): heddle.v1.EndpointEvent & heddle.v1.EndpointEvent.$Shape;
        }

        namespace EndpointEvent {
            interface $Properties {
                kind?: (heddle.v1.EventKind|null);
                endpoint?: (heddle.v1.Endpoint.$Properties|null);
                $unknowns?: Uint8Array[];
            }
            type $Shape = heddle.v1.EndpointEvent.$Properties;
        }

        interface IGetRouteRequest extends heddle.v1.GetRouteRequest.$Properties {
        }

        class GetRouteRequest {
            constructor(properties?: heddle.v1.GetRouteRequest.$Properties);
            $unknowns?: Uint8Array[];
            prefix: string;
            static encode(message: heddle.v1.GetRouteRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): heddle.v1.GetRouteRequest & heddle.v1.GetRouteRequest.$Shape;
        }

        namespace GetRouteRequest {
            interface $Properties {
                prefix?: (string|null);
                $unknowns?: Uint8Array[];
            }
            type $Shape = heddle.v1.GetRouteRequest.$Properties;
        }

        interface IListRoutesRequest extends heddle.v1.ListRoutesRequest.$Properties {
        }

        class ListRoutesRequest {
            constructor(properties?: heddle.v1.ListRoutesRequest.$Properties);
            $unknowns?: Uint8Array[];
            static encode(message: heddle.v1.ListRoutesRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): heddle.v1.ListRoutesRequest & heddle.v1.ListRoutesRequest.$Shape;
        }

        namespace ListRoutesRequest {
            interface $Properties {
                $unknowns?: Uint8Array[];
            }
            type $Shape = heddle.v1.ListRoutesRequest.$Properties;
        }

        interface IListRoutesResponse extends heddle.v1.ListRoutesResponse.$Properties {
        }

        class ListRoutesResponse {
            constructor(properties?: heddle.v1.ListRoutesResponse.$Properties);
            $unknowns?: Uint8Array[];
            routes: heddle.v1.Route.$Properties[];
            static encode(message: heddle.v1.ListRoutesResponse.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): heddle.v1.ListRoutesResponse & heddle.v1.ListRoutesResponse.$Shape;
        }

        namespace ListRoutesResponse {
            interface $Properties {
                routes?: (heddle.v1.Route.$Properties[]|null);
                $unknowns?: Uint8Array[];
            }
            type $Shape = heddle.v1.ListRoutesResponse.$Properties;
        }

        interface IWatchRoutesRequest extends heddle.v1.WatchRoutesRequest.$Properties {
        }

        class WatchRoutesRequest {
            constructor(properties?: heddle.v1.WatchRoutesRequest.$Properties);
            $unknowns?: Uint8Array[];
            static encode(message: heddle.v1.WatchRoutesRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): heddle.v1.WatchRoutesRequest & heddle.v1.WatchRoutesRequest.$Shape;
        }

        namespace WatchRoutesRequest {
            interface $Properties {
                $unknowns?: Uint8Array[];
            }
            type $Shape = heddle.v1.WatchRoutesRequest.$Properties;
        }

        interface IRouteEvent extends heddle.v1.RouteEvent.$Properties {
        }

        class RouteEvent {
            constructor(properties?: heddle.v1.RouteEvent.$Properties);
            $unknowns?: Uint8Array[];
            kind: heddle.v1.EventKind;
            route?: (heddle.v1.Route.$Properties|null);
            static encode(message: heddle.v1.RouteEvent.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): heddle.v1.RouteEvent & heddle.v1.RouteEvent.$Shape;
        }

        namespace RouteEvent {
            interface $Properties {
                kind?: (heddle.v1.EventKind|null);
                route?: (heddle.v1.Route.$Properties|null);
                $unknowns?: Uint8Array[];
            }
            type $Shape = heddle.v1.RouteEvent.$Properties;
        }

        interface IGetNodeRequest extends heddle.v1.GetNodeRequest.$Properties {
        }

        class GetNodeRequest {
            constructor(properties?: heddle.v1.GetNodeRequest.$Properties);
            $unknowns?: Uint8Array[];
            name: string;
            static encode(message: heddle.v1.GetNodeRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): heddle.v1.GetNodeRequest & heddle.v1.GetNodeRequest.$Shape;
        }

        namespace GetNodeRequest {
            interface $Properties {
                name?: (string|null);
                $unknowns?: Uint8Array[];
            }
            type $Shape = heddle.v1.GetNodeRequest.$Properties;
        }

        interface IListNodesRequest extends heddle.v1.ListNodesRequest.$Properties {
        }

        class ListNodesRequest {
            constructor(properties?: heddle.v1.ListNodesRequest.$Properties);
            $unknowns?: Uint8Array[];
            static encode(message: heddle.v1.ListNodesRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): heddle.v1.ListNodesRequest & heddle.v1.ListNodesRequest.$Shape;
        }

        namespace ListNodesRequest {
            interface $Properties {
                $unknowns?: Uint8Array[];
            }
            type $Shape = heddle.v1.ListNodesRequest.$Properties;
        }

        interface IListNodesResponse extends heddle.v1.ListNodesResponse.$Properties {
        }

        class ListNodesResponse {
            constructor(properties?: heddle.v1.ListNodesResponse.$Properties);
            $unknowns?: Uint8Array[];
            nodes: heddle.v1.Node.$Properties[];
            static encode(message: heddle.v1.ListNodesResponse.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): heddle.v1.ListNodesResponse & heddle.v1.ListNodesResponse.$Shape;
        }

        namespace ListNodesResponse {
            interface $Properties {
                nodes?: (heddle.v1.Node.$Properties[]|null);
                $unknowns?: Uint8Array[];
            }
            type $Shape = heddle.v1.ListNodesResponse.$Properties;
        }

        interface IWatchNodesRequest extends heddle.v1.WatchNodesRequest.$Properties {
        }

        class WatchNodesRequest {
            constructor(properties?: heddle.v1.WatchNodesRequest.$Properties);
            $unknowns?: Uint8Array[];
            static encode(message: heddle.v1.WatchNodesRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): heddle.v1.WatchNodesRequest & heddle.v1.WatchNodesRequest.$Shape;
        }

        namespace WatchNodesRequest {
            interface $Properties {
                $unknowns?: Uint8Array[];
            }
            type $Shape = heddle.v1.WatchNodesRequest.$Properties;
        }

        interface INodeEvent extends heddle.v1.NodeEvent.$Properties {
        }

        class NodeEvent {
            constructor(properties?: heddle.v1.NodeEvent.$Properties);
            $unknowns?: Uint8Array[];
            kind: heddle.v1.EventKind;
            node?: (heddle.v1.Node.$Properties|null);
            static encode(message: heddle.v1.NodeEvent.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): heddle.v1.NodeEvent & heddle.v1.NodeEvent.$Shape;
        }

        namespace NodeEvent {
            interface $Properties {
                kind?: (heddle.v1.EventKind|null);
                node?: (heddle.v1.Node.$Properties|null);
                $unknowns?: Uint8Array[];
            }
            type $Shape = heddle.v1.NodeEvent.$Properties;
        }

        interface IGetStatusRequest extends heddle.v1.GetStatusRequest.$Properties {
        }

        class GetStatusRequest {
            constructor(properties?: heddle.v1.GetStatusRequest.$Properties);
            $unknowns?: Uint8Array[];
            static encode(message: heddle.v1.GetStatusRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): heddle.v1.GetStatusRequest & heddle.v1.GetStatusRequest.$Shape;
        }

        namespace GetStatusRequest {
            interface $Properties {
                $unknowns?: Uint8Array[];
            }
            type $Shape = heddle.v1.GetStatusRequest.$Properties;
        }

        interface IGetStatusResponse extends heddle.v1.GetStatusResponse.$Properties {
        }

        class GetStatusResponse {
            constructor(properties?: heddle.v1.GetStatusResponse.$Properties);
            $unknowns?: Uint8Array[];
            version: string;
            node: string;
            uptimeSeconds: number;
            ready: boolean;
            problems: string[];
            uplink: string;
            xdp: string;
            changesApplied: number;
            localPods: number;
            remotePods: number;
            nodes: number;
            reconcilers: heddle.v1.ReconcilerStatus.$Properties[];
            watches: heddle.v1.WatchStatus.$Properties[];
            unmet: heddle.v1.UnmetCondition.$Properties[];
            rebuiltPods: number;
            policies: number;
            appliedPolicies: number;
            unconfirmed?: (heddle.v1.UnconfirmedPolicies.$Properties|null);
            static encode(message: heddle.v1.GetStatusResponse.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): heddle.v1.GetStatusResponse & heddle.v1.GetStatusResponse.$Shape;
        }

        namespace GetStatusResponse {
            interface $Properties {
                version?: (string|null);
                node?: (string|null);
                uptimeSeconds?: (number|null);
                ready?: (boolean|null);
                problems?: (string[]|null);
                uplink?: (string|null);
                xdp?: (string|null);
                changesApplied?: (number|null);
                localPods?: (number|null);
                remotePods?: (number|null);
                nodes?: (number|null);
                reconcilers?: (heddle.v1.ReconcilerStatus.$Properties[]|null);
                watches?: (heddle.v1.WatchStatus.$Properties[]|null);
                unmet?: (heddle.v1.UnmetCondition.$Properties[]|null);
                rebuiltPods?: (number|null);
                policies?: (number|null);
                appliedPolicies?: (number|null);
                unconfirmed?: (heddle.v1.UnconfirmedPolicies.$Properties|null);
                $unknowns?: Uint8Array[];
            }
            type $Shape = heddle.v1.GetStatusResponse.$Properties;
        }

        interface IUnconfirmedPolicies extends heddle.v1.UnconfirmedPolicies.$Properties {
        }

        class UnconfirmedPolicies {
            constructor(properties?: heddle.v1.UnconfirmedPolicies.$Properties);
            $unknowns?: Uint8Array[];
            policies: number;
            rollbackInSeconds: number;
            static encode(message: heddle.v1.UnconfirmedPolicies.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): heddle.v1.UnconfirmedPolicies & heddle.v1.UnconfirmedPolicies.$Shape;
        }

        namespace UnconfirmedPolicies {
            interface $Properties {
                policies?: (number|null);
                rollbackInSeconds?: (number|null);
                $unknowns?: Uint8Array[];
            }
            type $Shape = heddle.v1.UnconfirmedPolicies.$Properties;
        }

        interface IUnmetCondition extends heddle.v1.UnmetCondition.$Properties {
        }

        class UnmetCondition {
            constructor(properties?: heddle.v1.UnmetCondition.$Properties);
            $unknowns?: Uint8Array[];
            name: string;
            reason: string;
            cure: string;
            limitsRunningPods: boolean;
            static encode(message: heddle.v1.UnmetCondition.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): heddle.v1.UnmetCondition & heddle.v1.UnmetCondition.$Shape;
        }

        namespace UnmetCondition {
            interface $Properties {
                name?: (string|null);
                reason?: (string|null);
                cure?: (string|null);
                limitsRunningPods?: (boolean|null);
                $unknowns?: Uint8Array[];
            }
            type $Shape = heddle.v1.UnmetCondition.$Properties;
        }

        interface IWatchStatus extends heddle.v1.WatchStatus.$Properties {
        }

        class WatchStatus {
            constructor(properties?: heddle.v1.WatchStatus.$Properties);
            $unknowns?: Uint8Array[];
            name: string;
            confirmedAgeSeconds?: (number|null);
            silent: boolean;
            static encode(message: heddle.v1.WatchStatus.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): heddle.v1.WatchStatus & heddle.v1.WatchStatus.$Shape;
        }

        namespace WatchStatus {
            interface $Properties {
                name?: (string|null);
                confirmedAgeSeconds?: (number|null);
                silent?: (boolean|null);
                $unknowns?: Uint8Array[];
            }
            type $Shape = heddle.v1.WatchStatus.$Properties;
        }

        interface IReconcilerStatus extends heddle.v1.ReconcilerStatus.$Properties {
        }

        class ReconcilerStatus {
            constructor(properties?: heddle.v1.ReconcilerStatus.$Properties);
            $unknowns?: Uint8Array[];
            name: string;
            state: string;
            waitsFor: string;
            problems: string[];
            failures: number;
            lastSuccessAgeSeconds?: (number|null);
            static encode(message: heddle.v1.ReconcilerStatus.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): heddle.v1.ReconcilerStatus & heddle.v1.ReconcilerStatus.$Shape;
        }

        namespace ReconcilerStatus {
            interface $Properties {
                name?: (string|null);
                state?: (string|null);
                waitsFor?: (string|null);
                problems?: (string[]|null);
                failures?: (number|null);
                lastSuccessAgeSeconds?: (number|null);
                $unknowns?: Uint8Array[];
            }
            type $Shape = heddle.v1.ReconcilerStatus.$Properties;
        }

        class Events extends $protobuf.rpc.Service {
            constructor(rpcImpl: $protobuf.RPCImpl, requestDelimited?: boolean, responseDelimited?: boolean);
            watchEvents: heddle.v1.Events.WatchEvents;
            readHistory: heddle.v1.Events.ReadHistory;
            trace: heddle.v1.Events.Trace;
        }

        namespace Events {
            type WatchEventsCallback = (error: (Error|null), response?: heddle.v1.PacketEvent) => void;
            type WatchEvents = {
              (request: heddle.v1.IWatchEventsRequest, callback: heddle.v1.Events.WatchEventsCallback): void;
              (request: heddle.v1.IWatchEventsRequest): Promise<heddle.v1.PacketEvent>;
              readonly name: "WatchEvents";
              readonly path: "/heddle.v1.Events/WatchEvents";
              readonly requestType: "WatchEventsRequest";
              readonly responseType: "PacketEvent";
              readonly requestStream: undefined;
              readonly responseStream: true;
            };
            type ReadHistoryCallback = (error: (Error|null), response?: heddle.v1.HistoryMessage) => void;
            type ReadHistory = {
              (request: heddle.v1.IReadHistoryRequest, callback: heddle.v1.Events.ReadHistoryCallback): void;
              (request: heddle.v1.IReadHistoryRequest): Promise<heddle.v1.HistoryMessage>;
              readonly name: "ReadHistory";
              readonly path: "/heddle.v1.Events/ReadHistory";
              readonly requestType: "ReadHistoryRequest";
              readonly responseType: "HistoryMessage";
              readonly requestStream: undefined;
              readonly responseStream: true;
            };
            type TraceCallback = (error: (Error|null), response?: heddle.v1.TraceResponse) => void;
            type Trace = {
              (request: heddle.v1.ITraceRequest, callback: heddle.v1.Events.TraceCallback): void;
              (request: heddle.v1.ITraceRequest): Promise<heddle.v1.TraceResponse>;
              readonly name: "Trace";
              readonly path: "/heddle.v1.Events/Trace";
              readonly requestType: "TraceRequest";
              readonly responseType: "TraceResponse";
              readonly requestStream: undefined;
              readonly responseStream: undefined;
            };
        }

        enum PacketEventKind {
            PACKET_EVENT_KIND_UNSPECIFIED = 0,
            PACKET_EVENT_KIND_DROP = 1,
            PACKET_EVENT_KIND_FLOW = 2
        }

        interface IWatchEventsRequest extends heddle.v1.WatchEventsRequest.$Properties {
        }

        class WatchEventsRequest {
            constructor(properties?: heddle.v1.WatchEventsRequest.$Properties);
            $unknowns?: Uint8Array[];
            kinds: heddle.v1.PacketEventKind[];
            pod: string;
            address: string;
            verdicts: string[];
            namespace: string;
            port: number;
            protocol: string;
            static encode(message: heddle.v1.WatchEventsRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): heddle.v1.WatchEventsRequest & heddle.v1.WatchEventsRequest.$Shape;
        }

        namespace WatchEventsRequest {
            interface $Properties {
                kinds?: (heddle.v1.PacketEventKind[]|null);
                pod?: (string|null);
                address?: (string|null);
                verdicts?: (string[]|null);
                namespace?: (string|null);
                port?: (number|null);
                protocol?: (string|null);
                $unknowns?: Uint8Array[];
            }
            type $Shape = heddle.v1.WatchEventsRequest.$Properties;
        }

        interface IReadHistoryRequest extends heddle.v1.ReadHistoryRequest.$Properties {
        }

        class ReadHistoryRequest {
            constructor(properties?: heddle.v1.ReadHistoryRequest.$Properties);
            $unknowns?: Uint8Array[];
            filter?: (heddle.v1.WatchEventsRequest.$Properties|null);
            lastMs: number;
            static encode(message: heddle.v1.ReadHistoryRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): heddle.v1.ReadHistoryRequest & heddle.v1.ReadHistoryRequest.$Shape;
        }

        namespace ReadHistoryRequest {
            interface $Properties {
                filter?: (heddle.v1.WatchEventsRequest.$Properties|null);
                lastMs?: (number|null);
                $unknowns?: Uint8Array[];
            }
            type $Shape = heddle.v1.ReadHistoryRequest.$Properties;
        }

        interface IHistoryMessage extends heddle.v1.HistoryMessage.$Properties {
        }

        class HistoryMessage {
            constructor(properties?: heddle.v1.HistoryMessage.$Properties);
            $unknowns?: Uint8Array[];
            bounds?: (heddle.v1.HistoryBounds.$Properties|null);
            event?: (heddle.v1.PacketEvent.$Properties|null);
            static encode(message: heddle.v1.HistoryMessage.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): heddle.v1.HistoryMessage & heddle.v1.HistoryMessage.$Shape;
        }

        namespace HistoryMessage {
            interface $Properties {
                bounds?: (heddle.v1.HistoryBounds.$Properties|null);
                event?: (heddle.v1.PacketEvent.$Properties|null);
                $unknowns?: Uint8Array[];
            }
            type $Shape = heddle.v1.HistoryMessage.$Properties;
        }

        interface IHistoryBounds extends heddle.v1.HistoryBounds.$Properties {
        }

        class HistoryBounds {
            constructor(properties?: heddle.v1.HistoryBounds.$Properties);
            $unknowns?: Uint8Array[];
            oldestMs: number;
            capacity: number;
            isFull: boolean;
            lost: number;
            static encode(message: heddle.v1.HistoryBounds.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): heddle.v1.HistoryBounds & heddle.v1.HistoryBounds.$Shape;
        }

        namespace HistoryBounds {
            interface $Properties {
                oldestMs?: (number|null);
                capacity?: (number|null);
                isFull?: (boolean|null);
                lost?: (number|null);
                $unknowns?: Uint8Array[];
            }
            type $Shape = heddle.v1.HistoryBounds.$Properties;
        }

        interface IPacketEnd extends heddle.v1.PacketEnd.$Properties {
        }

        class PacketEnd {
            constructor(properties?: heddle.v1.PacketEnd.$Properties);
            $unknowns?: Uint8Array[];
            address: string;
            port: number;
            pod: string;
            node: string;
            static encode(message: heddle.v1.PacketEnd.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): heddle.v1.PacketEnd & heddle.v1.PacketEnd.$Shape;
        }

        namespace PacketEnd {
            interface $Properties {
                address?: (string|null);
                port?: (number|null);
                pod?: (string|null);
                node?: (string|null);
                $unknowns?: Uint8Array[];
            }
            type $Shape = heddle.v1.PacketEnd.$Properties;
        }

        interface IPacketEvent extends heddle.v1.PacketEvent.$Properties {
        }

        class PacketEvent {
            constructor(properties?: heddle.v1.PacketEvent.$Properties);
            $unknowns?: Uint8Array[];
            kind: heddle.v1.PacketEventKind;
            timeMs: number;
            hook: string;
            verdict: string;
            description: string;
            protocol: string;
            source?: (heddle.v1.PacketEnd.$Properties|null);
            destination?: (heddle.v1.PacketEnd.$Properties|null);
            length: number;
            device: string;
            rule: string;
            lost: number;
            static encode(message: heddle.v1.PacketEvent.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): heddle.v1.PacketEvent & heddle.v1.PacketEvent.$Shape;
        }

        namespace PacketEvent {
            interface $Properties {
                kind?: (heddle.v1.PacketEventKind|null);
                timeMs?: (number|null);
                hook?: (string|null);
                verdict?: (string|null);
                description?: (string|null);
                protocol?: (string|null);
                source?: (heddle.v1.PacketEnd.$Properties|null);
                destination?: (heddle.v1.PacketEnd.$Properties|null);
                length?: (number|null);
                device?: (string|null);
                rule?: (string|null);
                lost?: (number|null);
                $unknowns?: Uint8Array[];
            }
            type $Shape = heddle.v1.PacketEvent.$Properties;
        }

        interface ITraceRequest extends heddle.v1.TraceRequest.$Properties {
        }

        class TraceRequest {
            constructor(properties?: heddle.v1.TraceRequest.$Properties);
            $unknowns?: Uint8Array[];
            source: string;
            destination: string;
            protocol: string;
            port: number;
            sourcePort: number;
            static encode(message: heddle.v1.TraceRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): heddle.v1.TraceRequest & heddle.v1.TraceRequest.$Shape;
        }

        namespace TraceRequest {
            interface $Properties {
                source?: (string|null);
                destination?: (string|null);
                protocol?: (string|null);
                port?: (number|null);
                sourcePort?: (number|null);
                $unknowns?: Uint8Array[];
            }
            type $Shape = heddle.v1.TraceRequest.$Properties;
        }

        enum TraceStage {
            TRACE_STAGE_UNSPECIFIED = 0,
            TRACE_STAGE_CONNTRACK = 1,
            TRACE_STAGE_EGRESS = 2,
            TRACE_STAGE_INGRESS = 3,
            TRACE_STAGE_VERDICT = 4
        }

        interface ITraceStep extends heddle.v1.TraceStep.$Properties {
        }

        class TraceStep {
            constructor(properties?: heddle.v1.TraceStep.$Properties);
            $unknowns?: Uint8Array[];
            hook: string;
            stage: heddle.v1.TraceStage;
            verdict: string;
            description: string;
            rule: string;
            policy: number;
            identity: number;
            ruleSet: number;
            static encode(message: heddle.v1.TraceStep.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): heddle.v1.TraceStep & heddle.v1.TraceStep.$Shape;
        }

        namespace TraceStep {
            interface $Properties {
                hook?: (string|null);
                stage?: (heddle.v1.TraceStage|null);
                verdict?: (string|null);
                description?: (string|null);
                rule?: (string|null);
                policy?: (number|null);
                identity?: (number|null);
                ruleSet?: (number|null);
                $unknowns?: Uint8Array[];
            }
            type $Shape = heddle.v1.TraceStep.$Properties;
        }

        enum TraceOutcome {
            TRACE_OUTCOME_UNSPECIFIED = 0,
            TRACE_OUTCOME_DROPPED = 1,
            TRACE_OUTCOME_DELIVERED = 2,
            TRACE_OUTCOME_HOST = 3,
            TRACE_OUTCOME_FORWARDED = 4
        }

        interface ITraceResponse extends heddle.v1.TraceResponse.$Properties {
        }

        class TraceResponse {
            constructor(properties?: heddle.v1.TraceResponse.$Properties);
            $unknowns?: Uint8Array[];
            steps: heddle.v1.TraceStep.$Properties[];
            outcome: heddle.v1.TraceOutcome;
            conclusion: string;
            nextNode: string;
            sourcePort: number;
            static encode(message: heddle.v1.TraceResponse.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): heddle.v1.TraceResponse & heddle.v1.TraceResponse.$Shape;
        }

        namespace TraceResponse {
            interface $Properties {
                steps?: (heddle.v1.TraceStep.$Properties[]|null);
                outcome?: (heddle.v1.TraceOutcome|null);
                conclusion?: (string|null);
                nextNode?: (string|null);
                sourcePort?: (number|null);
                $unknowns?: Uint8Array[];
            }
            type $Shape = heddle.v1.TraceResponse.$Properties;
        }

        class Policy extends $protobuf.rpc.Service {
            constructor(rpcImpl: $protobuf.RPCImpl, requestDelimited?: boolean, responseDelimited?: boolean);
            applyPolicy: heddle.v1.Policy.ApplyPolicy;
            applyPolicies: heddle.v1.Policy.ApplyPolicies;
            confirmPolicies: heddle.v1.Policy.ConfirmPolicies;
            rollBackPolicies: heddle.v1.Policy.RollBackPolicies;
            deletePolicy: heddle.v1.Policy.DeletePolicy;
            getPolicy: heddle.v1.Policy.GetPolicy;
            listPolicies: heddle.v1.Policy.ListPolicies;
            explainPod: heddle.v1.Policy.ExplainPod;
        }

        namespace Policy {
            type ApplyPolicyCallback = (error: (Error|null), response?: heddle.v1.ApplyPolicyResponse) => void;
            type ApplyPolicy = {
              (request: heddle.v1.IApplyPolicyRequest, callback: heddle.v1.Policy.ApplyPolicyCallback): void;
              (request: heddle.v1.IApplyPolicyRequest): Promise<heddle.v1.ApplyPolicyResponse>;
              readonly name: "ApplyPolicy";
              readonly path: "/heddle.v1.Policy/ApplyPolicy";
              readonly requestType: "ApplyPolicyRequest";
              readonly responseType: "ApplyPolicyResponse";
              readonly requestStream: undefined;
              readonly responseStream: undefined;
            };
            type ApplyPoliciesCallback = (error: (Error|null), response?: heddle.v1.ApplyPoliciesResponse) => void;
            type ApplyPolicies = {
              (request: heddle.v1.IApplyPoliciesRequest, callback: heddle.v1.Policy.ApplyPoliciesCallback): void;
              (request: heddle.v1.IApplyPoliciesRequest): Promise<heddle.v1.ApplyPoliciesResponse>;
              readonly name: "ApplyPolicies";
              readonly path: "/heddle.v1.Policy/ApplyPolicies";
              readonly requestType: "ApplyPoliciesRequest";
              readonly responseType: "ApplyPoliciesResponse";
              readonly requestStream: undefined;
              readonly responseStream: undefined;
            };
            type ConfirmPoliciesCallback = (error: (Error|null), response?: heddle.v1.ConfirmPoliciesResponse) => void;
            type ConfirmPolicies = {
              (request: heddle.v1.IConfirmPoliciesRequest, callback: heddle.v1.Policy.ConfirmPoliciesCallback): void;
              (request: heddle.v1.IConfirmPoliciesRequest): Promise<heddle.v1.ConfirmPoliciesResponse>;
              readonly name: "ConfirmPolicies";
              readonly path: "/heddle.v1.Policy/ConfirmPolicies";
              readonly requestType: "ConfirmPoliciesRequest";
              readonly responseType: "ConfirmPoliciesResponse";
              readonly requestStream: undefined;
              readonly responseStream: undefined;
            };
            type RollBackPoliciesCallback = (error: (Error|null), response?: heddle.v1.RollBackPoliciesResponse) => void;
            type RollBackPolicies = {
              (request: heddle.v1.IRollBackPoliciesRequest, callback: heddle.v1.Policy.RollBackPoliciesCallback): void;
              (request: heddle.v1.IRollBackPoliciesRequest): Promise<heddle.v1.RollBackPoliciesResponse>;
              readonly name: "RollBackPolicies";
              readonly path: "/heddle.v1.Policy/RollBackPolicies";
              readonly requestType: "RollBackPoliciesRequest";
              readonly responseType: "RollBackPoliciesResponse";
              readonly requestStream: undefined;
              readonly responseStream: undefined;
            };
            type DeletePolicyCallback = (error: (Error|null), response?: heddle.v1.DeletePolicyResponse) => void;
            type DeletePolicy = {
              (request: heddle.v1.IDeletePolicyRequest, callback: heddle.v1.Policy.DeletePolicyCallback): void;
              (request: heddle.v1.IDeletePolicyRequest): Promise<heddle.v1.DeletePolicyResponse>;
              readonly name: "DeletePolicy";
              readonly path: "/heddle.v1.Policy/DeletePolicy";
              readonly requestType: "DeletePolicyRequest";
              readonly responseType: "DeletePolicyResponse";
              readonly requestStream: undefined;
              readonly responseStream: undefined;
            };
            type GetPolicyCallback = (error: (Error|null), response?: heddle.v1.PolicyObject) => void;
            type GetPolicy = {
              (request: heddle.v1.IGetPolicyRequest, callback: heddle.v1.Policy.GetPolicyCallback): void;
              (request: heddle.v1.IGetPolicyRequest): Promise<heddle.v1.PolicyObject>;
              readonly name: "GetPolicy";
              readonly path: "/heddle.v1.Policy/GetPolicy";
              readonly requestType: "GetPolicyRequest";
              readonly responseType: "PolicyObject";
              readonly requestStream: undefined;
              readonly responseStream: undefined;
            };
            type ListPoliciesCallback = (error: (Error|null), response?: heddle.v1.ListPoliciesResponse) => void;
            type ListPolicies = {
              (request: heddle.v1.IListPoliciesRequest, callback: heddle.v1.Policy.ListPoliciesCallback): void;
              (request: heddle.v1.IListPoliciesRequest): Promise<heddle.v1.ListPoliciesResponse>;
              readonly name: "ListPolicies";
              readonly path: "/heddle.v1.Policy/ListPolicies";
              readonly requestType: "ListPoliciesRequest";
              readonly responseType: "ListPoliciesResponse";
              readonly requestStream: undefined;
              readonly responseStream: undefined;
            };
            type ExplainPodCallback = (error: (Error|null), response?: heddle.v1.ExplainPodResponse) => void;
            type ExplainPod = {
              (request: heddle.v1.IExplainPodRequest, callback: heddle.v1.Policy.ExplainPodCallback): void;
              (request: heddle.v1.IExplainPodRequest): Promise<heddle.v1.ExplainPodResponse>;
              readonly name: "ExplainPod";
              readonly path: "/heddle.v1.Policy/ExplainPod";
              readonly requestType: "ExplainPodRequest";
              readonly responseType: "ExplainPodResponse";
              readonly requestStream: undefined;
              readonly responseStream: undefined;
            };
        }

        enum ApplyOutcome {
            APPLY_OUTCOME_UNSPECIFIED = 0,
            APPLY_OUTCOME_CREATED = 1,
            APPLY_OUTCOME_CONFIGURED = 2,
            APPLY_OUTCOME_UNCHANGED = 3
        }

        enum PolicyOrigin {
            POLICY_ORIGIN_UNSPECIFIED = 0,
            POLICY_ORIGIN_SOURCE = 1,
            POLICY_ORIGIN_API = 2
        }

        interface IApplyPolicyRequest extends heddle.v1.ApplyPolicyRequest.$Properties {
        }

        class ApplyPolicyRequest {
            constructor(properties?: heddle.v1.ApplyPolicyRequest.$Properties);
            $unknowns?: Uint8Array[];
            manifest: string;
            static encode(message: heddle.v1.ApplyPolicyRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): heddle.v1.ApplyPolicyRequest & heddle.v1.ApplyPolicyRequest.$Shape;
        }

        namespace ApplyPolicyRequest {
            interface $Properties {
                manifest?: (string|null);
                $unknowns?: Uint8Array[];
            }
            type $Shape = heddle.v1.ApplyPolicyRequest.$Properties;
        }

        interface IApplyPolicyResponse extends heddle.v1.ApplyPolicyResponse.$Properties {
        }

        class ApplyPolicyResponse {
            constructor(properties?: heddle.v1.ApplyPolicyResponse.$Properties);
            $unknowns?: Uint8Array[];
            outcome: heddle.v1.ApplyOutcome;
            kind: string;
            namespace: string;
            name: string;
            problems: string[];
            static encode(message: heddle.v1.ApplyPolicyResponse.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): heddle.v1.ApplyPolicyResponse & heddle.v1.ApplyPolicyResponse.$Shape;
        }

        namespace ApplyPolicyResponse {
            interface $Properties {
                outcome?: (heddle.v1.ApplyOutcome|null);
                kind?: (string|null);
                namespace?: (string|null);
                name?: (string|null);
                problems?: (string[]|null);
                $unknowns?: Uint8Array[];
            }
            type $Shape = heddle.v1.ApplyPolicyResponse.$Properties;
        }

        interface IApplyPoliciesRequest extends heddle.v1.ApplyPoliciesRequest.$Properties {
        }

        class ApplyPoliciesRequest {
            constructor(properties?: heddle.v1.ApplyPoliciesRequest.$Properties);
            $unknowns?: Uint8Array[];
            manifests: string[];
            confirmWithinSeconds: number;
            static encode(message: heddle.v1.ApplyPoliciesRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): heddle.v1.ApplyPoliciesRequest & heddle.v1.ApplyPoliciesRequest.$Shape;
        }

        namespace ApplyPoliciesRequest {
            interface $Properties {
                manifests?: (string[]|null);
                confirmWithinSeconds?: (number|null);
                $unknowns?: Uint8Array[];
            }
            type $Shape = heddle.v1.ApplyPoliciesRequest.$Properties;
        }

        interface IApplyPoliciesResponse extends heddle.v1.ApplyPoliciesResponse.$Properties {
        }

        class ApplyPoliciesResponse {
            constructor(properties?: heddle.v1.ApplyPoliciesResponse.$Properties);
            $unknowns?: Uint8Array[];
            policies: heddle.v1.ApplyPolicyResponse.$Properties[];
            static encode(message: heddle.v1.ApplyPoliciesResponse.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): heddle.v1.ApplyPoliciesResponse & heddle.v1.ApplyPoliciesResponse.$Shape;
        }

        namespace ApplyPoliciesResponse {
            interface $Properties {
                policies?: (heddle.v1.ApplyPolicyResponse.$Properties[]|null);
                $unknowns?: Uint8Array[];
            }
            type $Shape = heddle.v1.ApplyPoliciesResponse.$Properties;
        }

        interface IConfirmPoliciesRequest extends heddle.v1.ConfirmPoliciesRequest.$Properties {
        }

        class ConfirmPoliciesRequest {
            constructor(properties?: heddle.v1.ConfirmPoliciesRequest.$Properties);
            $unknowns?: Uint8Array[];
            static encode(message: heddle.v1.ConfirmPoliciesRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): heddle.v1.ConfirmPoliciesRequest & heddle.v1.ConfirmPoliciesRequest.$Shape;
        }

        namespace ConfirmPoliciesRequest {
            interface $Properties {
                $unknowns?: Uint8Array[];
            }
            type $Shape = heddle.v1.ConfirmPoliciesRequest.$Properties;
        }

        interface IConfirmPoliciesResponse extends heddle.v1.ConfirmPoliciesResponse.$Properties {
        }

        class ConfirmPoliciesResponse {
            constructor(properties?: heddle.v1.ConfirmPoliciesResponse.$Properties);
            $unknowns?: Uint8Array[];
            static encode(message: heddle.v1.ConfirmPoliciesResponse.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): heddle.v1.ConfirmPoliciesResponse & heddle.v1.ConfirmPoliciesResponse.$Shape;
        }

        namespace ConfirmPoliciesResponse {
            interface $Properties {
                $unknowns?: Uint8Array[];
            }
            type $Shape = heddle.v1.ConfirmPoliciesResponse.$Properties;
        }

        interface IRollBackPoliciesRequest extends heddle.v1.RollBackPoliciesRequest.$Properties {
        }

        class RollBackPoliciesRequest {
            constructor(properties?: heddle.v1.RollBackPoliciesRequest.$Properties);
            $unknowns?: Uint8Array[];
            static encode(message: heddle.v1.RollBackPoliciesRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): heddle.v1.RollBackPoliciesRequest & heddle.v1.RollBackPoliciesRequest.$Shape;
        }

        namespace RollBackPoliciesRequest {
            interface $Properties {
                $unknowns?: Uint8Array[];
            }
            type $Shape = heddle.v1.RollBackPoliciesRequest.$Properties;
        }

        interface IRollBackPoliciesResponse extends heddle.v1.RollBackPoliciesResponse.$Properties {
        }

        class RollBackPoliciesResponse {
            constructor(properties?: heddle.v1.RollBackPoliciesResponse.$Properties);
            $unknowns?: Uint8Array[];
            policies: number;
            static encode(message: heddle.v1.RollBackPoliciesResponse.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): heddle.v1.RollBackPoliciesResponse & heddle.v1.RollBackPoliciesResponse.$Shape;
        }

        namespace RollBackPoliciesResponse {
            interface $Properties {
                policies?: (number|null);
                $unknowns?: Uint8Array[];
            }
            type $Shape = heddle.v1.RollBackPoliciesResponse.$Properties;
        }

        interface IDeletePolicyRequest extends heddle.v1.DeletePolicyRequest.$Properties {
        }

        class DeletePolicyRequest {
            constructor(properties?: heddle.v1.DeletePolicyRequest.$Properties);
            $unknowns?: Uint8Array[];
            kind: string;
            namespace: string;
            name: string;
            static encode(message: heddle.v1.DeletePolicyRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): heddle.v1.DeletePolicyRequest & heddle.v1.DeletePolicyRequest.$Shape;
        }

        namespace DeletePolicyRequest {
            interface $Properties {
                kind?: (string|null);
                namespace?: (string|null);
                name?: (string|null);
                $unknowns?: Uint8Array[];
            }
            type $Shape = heddle.v1.DeletePolicyRequest.$Properties;
        }

        interface IDeletePolicyResponse extends heddle.v1.DeletePolicyResponse.$Properties {
        }

        class DeletePolicyResponse {
            constructor(properties?: heddle.v1.DeletePolicyResponse.$Properties);
            $unknowns?: Uint8Array[];
            static encode(message: heddle.v1.DeletePolicyResponse.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): heddle.v1.DeletePolicyResponse & heddle.v1.DeletePolicyResponse.$Shape;
        }

        namespace DeletePolicyResponse {
            interface $Properties {
                $unknowns?: Uint8Array[];
            }
            type $Shape = heddle.v1.DeletePolicyResponse.$Properties;
        }

        interface IGetPolicyRequest extends heddle.v1.GetPolicyRequest.$Properties {
        }

        class GetPolicyRequest {
            constructor(properties?: heddle.v1.GetPolicyRequest.$Properties);
            $unknowns?: Uint8Array[];
            kind: string;
            namespace: string;
            name: string;
            static encode(message: heddle.v1.GetPolicyRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): heddle.v1.GetPolicyRequest & heddle.v1.GetPolicyRequest.$Shape;
        }

        namespace GetPolicyRequest {
            interface $Properties {
                kind?: (string|null);
                namespace?: (string|null);
                name?: (string|null);
                $unknowns?: Uint8Array[];
            }
            type $Shape = heddle.v1.GetPolicyRequest.$Properties;
        }

        interface IPolicyObject extends heddle.v1.PolicyObject.$Properties {
        }

        class PolicyObject {
            constructor(properties?: heddle.v1.PolicyObject.$Properties);
            $unknowns?: Uint8Array[];
            kind: string;
            namespace: string;
            name: string;
            origin: heddle.v1.PolicyOrigin;
            manifest: string;
            status: string;
            subjects: string[];
            static encode(message: heddle.v1.PolicyObject.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): heddle.v1.PolicyObject & heddle.v1.PolicyObject.$Shape;
        }

        namespace PolicyObject {
            interface $Properties {
                kind?: (string|null);
                namespace?: (string|null);
                name?: (string|null);
                origin?: (heddle.v1.PolicyOrigin|null);
                manifest?: (string|null);
                status?: (string|null);
                subjects?: (string[]|null);
                $unknowns?: Uint8Array[];
            }
            type $Shape = heddle.v1.PolicyObject.$Properties;
        }

        interface IListPoliciesRequest extends heddle.v1.ListPoliciesRequest.$Properties {
        }

        class ListPoliciesRequest {
            constructor(properties?: heddle.v1.ListPoliciesRequest.$Properties);
            $unknowns?: Uint8Array[];
            static encode(message: heddle.v1.ListPoliciesRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): heddle.v1.ListPoliciesRequest & heddle.v1.ListPoliciesRequest.$Shape;
        }

        namespace ListPoliciesRequest {
            interface $Properties {
                $unknowns?: Uint8Array[];
            }
            type $Shape = heddle.v1.ListPoliciesRequest.$Properties;
        }

        interface IListPoliciesResponse extends heddle.v1.ListPoliciesResponse.$Properties {
        }

        class ListPoliciesResponse {
            constructor(properties?: heddle.v1.ListPoliciesResponse.$Properties);
            $unknowns?: Uint8Array[];
            policies: heddle.v1.PolicyObject.$Properties[];
            static encode(message: heddle.v1.ListPoliciesResponse.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): heddle.v1.ListPoliciesResponse & heddle.v1.ListPoliciesResponse.$Shape;
        }

        namespace ListPoliciesResponse {
            interface $Properties {
                policies?: (heddle.v1.PolicyObject.$Properties[]|null);
                $unknowns?: Uint8Array[];
            }
            type $Shape = heddle.v1.ListPoliciesResponse.$Properties;
        }

        interface IExplainPodRequest extends heddle.v1.ExplainPodRequest.$Properties {
        }

        class ExplainPodRequest {
            constructor(properties?: heddle.v1.ExplainPodRequest.$Properties);
            $unknowns?: Uint8Array[];
            namespace: string;
            name: string;
            static encode(message: heddle.v1.ExplainPodRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): heddle.v1.ExplainPodRequest & heddle.v1.ExplainPodRequest.$Shape;
        }

        namespace ExplainPodRequest {
            interface $Properties {
                namespace?: (string|null);
                name?: (string|null);
                $unknowns?: Uint8Array[];
            }
            type $Shape = heddle.v1.ExplainPodRequest.$Properties;
        }

        interface IExplainedRule extends heddle.v1.ExplainedRule.$Properties {
        }

        class ExplainedRule {
            constructor(properties?: heddle.v1.ExplainedRule.$Properties);
            $unknowns?: Uint8Array[];
            tier: string;
            policy: string;
            priority: number;
            index: number;
            name: string;
            action: string;
            peers: string[];
            ports: string[];
            static encode(message: heddle.v1.ExplainedRule.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): heddle.v1.ExplainedRule & heddle.v1.ExplainedRule.$Shape;
        }

        namespace ExplainedRule {
            interface $Properties {
                tier?: (string|null);
                policy?: (string|null);
                priority?: (number|null);
                index?: (number|null);
                name?: (string|null);
                action?: (string|null);
                peers?: (string[]|null);
                ports?: (string[]|null);
                $unknowns?: Uint8Array[];
            }
            type $Shape = heddle.v1.ExplainedRule.$Properties;
        }

        interface IExplainedDirection extends heddle.v1.ExplainedDirection.$Properties {
        }

        class ExplainedDirection {
            constructor(properties?: heddle.v1.ExplainedDirection.$Properties);
            $unknowns?: Uint8Array[];
            rules: heddle.v1.ExplainedRule.$Properties[];
            isolatedBy: string[];
            otherwise: string;
            static encode(message: heddle.v1.ExplainedDirection.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): heddle.v1.ExplainedDirection & heddle.v1.ExplainedDirection.$Shape;
        }

        namespace ExplainedDirection {
            interface $Properties {
                rules?: (heddle.v1.ExplainedRule.$Properties[]|null);
                isolatedBy?: (string[]|null);
                otherwise?: (string|null);
                $unknowns?: Uint8Array[];
            }
            type $Shape = heddle.v1.ExplainedDirection.$Properties;
        }

        interface IExplainPodResponse extends heddle.v1.ExplainPodResponse.$Properties {
        }

        class ExplainPodResponse {
            constructor(properties?: heddle.v1.ExplainPodResponse.$Properties);
            $unknowns?: Uint8Array[];
            egress?: (heddle.v1.ExplainedDirection.$Properties|null);
            ingress?: (heddle.v1.ExplainedDirection.$Properties|null);
            static encode(message: heddle.v1.ExplainPodResponse.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): heddle.v1.ExplainPodResponse & heddle.v1.ExplainPodResponse.$Shape;
        }

        namespace ExplainPodResponse {
            interface $Properties {
                egress?: (heddle.v1.ExplainedDirection.$Properties|null);
                ingress?: (heddle.v1.ExplainedDirection.$Properties|null);
                $unknowns?: Uint8Array[];
            }
            type $Shape = heddle.v1.ExplainPodResponse.$Properties;
        }
    }
}
