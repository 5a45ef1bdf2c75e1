// Generated from proto/ by scripts/gen-proto.ts; `make gen` writes it anew.
import * as $protobuf from "protobufjs";

export namespace etcdserverpb {

    interface IResponseHeader extends etcdserverpb.ResponseHeader.$Properties {
    }

    class ResponseHeader {
        constructor(properties?: etcdserverpb.ResponseHeader.$Properties);
        $unknowns?: Uint8Array[];
        clusterId: number;
        memberId: number;
        revision: number;
        raftTerm: number;
        static encode(message: etcdserverpb.ResponseHeader.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): etcdserverpb.ResponseHeader & etcdserverpb.ResponseHeader.$Shape;
    }

    namespace ResponseHeader {
        interface $Properties {
            clusterId?: (number|null);
            memberId?: (number|null);
            revision?: (number|null);
            raftTerm?: (number|null);
            $unknowns?: Uint8Array[];
        }
        type $Shape = etcdserverpb.ResponseHeader.$Properties;
    }

    interface IRangeRequest extends etcdserverpb.RangeRequest.$Properties {
    }

    class RangeRequest {
        constructor(properties?: etcdserverpb.RangeRequest.$Properties);
        $unknowns?: Uint8Array[];
        key: Uint8Array;
        rangeEnd: Uint8Array;
        limit: number;
        revision: number;
        sortOrder: etcdserverpb.RangeRequest.SortOrder;
        sortTarget: etcdserverpb.RangeRequest.SortTarget;
        serializable: boolean;
        keysOnly: boolean;
        countOnly: boolean;
        minModRevision: number;
        maxModRevision: number;
        minCreateRevision: number;
        maxCreateRevision: number;
        static encode(message: etcdserverpb.RangeRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): etcdserverpb.RangeRequest & etcdserverpb.RangeRequest.$Shape;
    }

    namespace RangeRequest {
        interface $Properties {
            key?: (Uint8Array|null);
            rangeEnd?: (Uint8Array|null);
            limit?: (number|null);
            revision?: (number|null);
            sortOrder?: (etcdserverpb.RangeRequest.SortOrder|null);
            sortTarget?: (etcdserverpb.RangeRequest.SortTarget|null);
            serializable?: (boolean|null);
            keysOnly?: (boolean|null);
            countOnly?: (boolean|null);
            minModRevision?: (number|null);
            maxModRevision?: (number|null);
            minCreateRevision?: (number|null);
            maxCreateRevision?: (number|null);
            $unknowns?: Uint8Array[];
        }
        type $Shape = etcdserverpb.RangeRequest.$Properties;

        enum SortOrder {
            NONE = 0,
            ASCEND = 1,
            DESCEND = 2
        }

        enum SortTarget {
            KEY = 0,
            VERSION = 1,
            CREATE = 2,
            MOD = 3,
            VALUE = 4
        }
    }

    interface IRangeResponse extends etcdserverpb.RangeResponse.$Properties {
    }

    class RangeResponse {
        constructor(properties?: etcdserverpb.RangeResponse.$Properties);
        $unknowns?: Uint8Array[];
        header?: (etcdserverpb.ResponseHeader.$Properties|null);
        kvs: mvccpb.KeyValue.$Properties[];
        more: boolean;
        count: number;
        static encode(message: etcdserverpb.RangeResponse.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): etcdserverpb.RangeResponse & etcdserverpb.RangeResponse.$Shape;
    }

    namespace RangeResponse {
        interface $Properties {
            header?: (etcdserverpb.ResponseHeader.$Properties|null);
            kvs?: (mvccpb.KeyValue.$Properties[]|null);
            more?: (boolean|null);
            count?: (number|null);
            $unknowns?: Uint8Array[];
        }
        type $Shape = etcdserverpb.RangeResponse.$Properties;
    }

    interface IPutRequest extends etcdserverpb.PutRequest.$Properties {
    }

    class PutRequest {
        constructor(properties?: etcdserverpb.PutRequest.$Properties);
        $unknowns?: Uint8Array[];
        key: Uint8Array;
        value: Uint8Array;
        lease: number;
        prevKv: boolean;
        ignoreValue: boolean;
        ignoreLease: boolean;
        static encode(message: etcdserverpb.PutRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): etcdserverpb.PutRequest & etcdserverpb.PutRequest.$Shape;
    }

    namespace PutRequest {
        interface $Properties {
            key?: (Uint8Array|null);
            value?: (Uint8Array|null);
            lease?: (number|null);
            prevKv?: (boolean|null);
            ignoreValue?: (boolean|null);
            ignoreLease?: (boolean|null);
            $unknowns?: Uint8Array[];
        }
        type $Shape = etcdserverpb.PutRequest.$Properties;
    }

    interface IPutResponse extends etcdserverpb.PutResponse.$Properties {
    }

    class PutResponse {
        constructor(properties?: etcdserverpb.PutResponse.$Properties);
        $unknowns?: Uint8Array[];
        header?: (etcdserverpb.ResponseHeader.$Properties|null);
        prevKv?: (mvccpb.KeyValue.$Properties|null);
        static encode(message: etcdserverpb.PutResponse.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): etcdserverpb.PutResponse & etcdserverpb.PutResponse.$Shape;
    }

    namespace PutResponse {
        interface $Properties {
            header?: (etcdserverpb.ResponseHeader.$Properties|null);
            prevKv?: (mvccpb.KeyValue.$Properties|null);
            $unknowns?: Uint8Array[];
        }
        type $Shape = etcdserverpb.PutResponse.$Properties;
    }

    interface IDeleteRangeRequest extends etcdserverpb.DeleteRangeRequest.$Properties {
    }

    class DeleteRangeRequest {
        constructor(properties?: etcdserverpb.DeleteRangeRequest.$Properties);
        $unknowns?: Uint8Array[];
        key: Uint8Array;
        rangeEnd: Uint8Array;
        prevKv: boolean;
        static encode(message: etcdserverpb.DeleteRangeRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): etcdserverpb.DeleteRangeRequest & etcdserverpb.DeleteRangeRequest.$Shape;
    }

    namespace DeleteRangeRequest {
        interface $Properties {
            key?: (Uint8Array|null);
            rangeEnd?: (Uint8Array|null);
            prevKv?: (boolean|null);
            $unknowns?: Uint8Array[];
        }
        type $Shape = etcdserverpb.DeleteRangeRequest.$Properties;
    }

    interface IDeleteRangeResponse extends etcdserverpb.DeleteRangeResponse.$Properties {
    }

    class DeleteRangeResponse {
        constructor(properties?: etcdserverpb.DeleteRangeResponse.$Properties);
        $unknowns?: Uint8Array[];
        header?: (etcdserverpb.ResponseHeader.$Properties|null);
        deleted: number;
        prevKvs: mvccpb.KeyValue.$Properties[];
        static encode(message: etcdserverpb.DeleteRangeResponse.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): etcdserverpb.DeleteRangeResponse & etcdserverpb.DeleteRangeResponse.$Shape;
    }

    namespace DeleteRangeResponse {
        interface $Properties {
            header?: (etcdserverpb.ResponseHeader.$Properties|null);
            deleted?: (number|null);
            prevKvs?: (mvccpb.KeyValue.$Properties[]|null);
            $unknowns?: Uint8Array[];
        }
        type $Shape = etcdserverpb.DeleteRangeResponse.$Properties;
    }

    interface IRequestOp extends etcdserverpb.RequestOp.$Properties {
    }

    class RequestOp {
        constructor(properties?: etcdserverpb.RequestOp.$Properties);
        $unknowns?: Uint8Array[];
        requestRange?: (etcdserverpb.RangeRequest.$Properties|null);
        requestPut?: (etcdserverpb.PutRequest.$Properties|null);
        requestDeleteRange?: (etcdserverpb.DeleteRangeRequest.$Properties|null);
        requestTxn?: (etcdserverpb.TxnRequest.$Properties|null);
        request?: ("requestRange"|"requestPut"|"requestDeleteRange"|"requestTxn");
        static encode(message: etcdserverpb.RequestOp.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): etcdserverpb.RequestOp & etcdserverpb.RequestOp.$Shape;
    }

    namespace RequestOp {
        interface $Properties {
            requestRange?: (etcdserverpb.RangeRequest.$Properties|null);
            requestPut?: (etcdserverpb.PutRequest.$Properties|null);
            requestDeleteRange?: (etcdserverpb.DeleteRangeRequest.$Properties|null);
            requestTxn?: (etcdserverpb.TxnRequest.$Properties|null);
            request?: ("requestRange"|"requestPut"|"requestDeleteRange"|"requestTxn");
            $unknowns?: Uint8Array[];
        }
        type $Shape = {
          requestRange?: etcdserverpb.RangeRequest.$Shape|null;
          requestPut?: etcdserverpb.PutRequest.$Shape|null;
          requestDeleteRange?: etcdserverpb.DeleteRangeRequest.$Shape|null;
          requestTxn?: etcdserverpb.TxnRequest.$Shape|null;
          $unknowns?: Uint8Array[];
        } & (
          ({ request?: undefined; requestRange?: null; requestPut?: null; requestDeleteRange?: null; requestTxn?: null }|{ request?: "requestRange"; requestRange: etcdserverpb.RangeRequest.$Shape; requestPut?: null; requestDeleteRange?: null; requestTxn?: null }|{ request?: "requestPut"; requestRange?: null; requestPut: etcdserverpb.PutRequest.$Shape; requestDeleteRange?: null; requestTxn?: null }|{ request?: "requestDeleteRange"; requestRange?: null; requestPut?: null; requestDeleteRange: etcdserverpb.DeleteRangeRequest.$Shape; requestTxn?: null }|{ request?: "requestTxn"; requestRange?: null; requestPut?: null; requestDeleteRange?: null; requestTxn: etcdserverpb.TxnRequest.$Shape })
        );
    }

    interface IResponseOp extends etcdserverpb.ResponseOp.$Properties {
    }

    class ResponseOp {
        constructor(properties?: etcdserverpb.ResponseOp.$Properties);
        $unknowns?: Uint8Array[];
        responseRange?: (etcdserverpb.RangeResponse.$Properties|null);
        responsePut?: (etcdserverpb.PutResponse.$Properties|null);
        responseDeleteRange?: (etcdserverpb.DeleteRangeResponse.$Properties|null);
        responseTxn?: (etcdserverpb.TxnResponse.$Properties|null);
        response?: ("responseRange"|"responsePut"|"responseDeleteRange"|"responseTxn");
        static encode(message: etcdserverpb.ResponseOp.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): etcdserverpb.ResponseOp & etcdserverpb.ResponseOp.$Shape;
    }

    namespace ResponseOp {
        interface $Properties {
            responseRange?: (etcdserverpb.RangeResponse.$Properties|null);
            responsePut?: (etcdserverpb.PutResponse.$Properties|null);
            responseDeleteRange?: (etcdserverpb.DeleteRangeResponse.$Properties|null);
            responseTxn?: (etcdserverpb.TxnResponse.$Properties|null);
            response?: ("responseRange"|"responsePut"|"responseDeleteRange"|"responseTxn");
            $unknowns?: Uint8Array[];
        }
        type $Shape = {
          responseRange?: etcdserverpb.RangeResponse.$Shape|null;
          responsePut?: etcdserverpb.PutResponse.$Shape|null;
          responseDeleteRange?: etcdserverpb.DeleteRangeResponse.$Shape|null;
          responseTxn?: etcdserverpb.TxnResponse.$Shape|null;
          $unknowns?: Uint8Array[];
        } & (
          ({ response?: undefined; responseRange?: null; responsePut?: null; responseDeleteRange?: null; responseTxn?: null }|{ response?: "responseRange"; responseRange: etcdserverpb.RangeResponse.$Shape; responsePut?: null; responseDeleteRange?: null; responseTxn?: null }|{ response?: "responsePut"; responseRange?: null; responsePut: etcdserverpb.PutResponse.$Shape; responseDeleteRange?: null; responseTxn?: null }|{ response?: "responseDeleteRange"; responseRange?: null; responsePut?: null; responseDeleteRange: etcdserverpb.DeleteRangeResponse.$Shape; responseTxn?: null }|{ response?: "responseTxn"; responseRange?: null; responsePut?: null; responseDeleteRange?: null; responseTxn: etcdserverpb.TxnResponse.$Shape })
        );
    }

    interface ICompare extends etcdserverpb.Compare.$Properties {
    }

    class Compare {
        constructor(properties?: etcdserverpb.Compare.$Properties);
        $unknowns?: Uint8Array[];
        result: etcdserverpb.Compare.CompareResult;
        target: etcdserverpb.Compare.CompareTarget;
        key: Uint8Array;
        version?: (number|null);
        createRevision?: (number|null);
        modRevision?: (number|null);
        value?: (Uint8Array|null);
        lease?: (number|null);
        rangeEnd: Uint8Array;
        targetUnion?: ("version"|"createRevision"|"modRevision"|"value"|"lease");
        static encode(message: etcdserverpb.Compare.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): etcdserverpb.Compare & etcdserverpb.Compare.$Shape;
    }

    namespace Compare {
        interface $Properties {
            result?: (etcdserverpb.Compare.CompareResult|null);
            target?: (etcdserverpb.Compare.CompareTarget|null);
            key?: (Uint8Array|null);
            version?: (number|null);
            createRevision?: (number|null);
            modRevision?: (number|null);
            value?: (Uint8Array|null);
            lease?: (number|null);
            rangeEnd?: (Uint8Array|null);
            targetUnion?: ("version"|"createRevision"|"modRevision"|"value"|"lease");
            $unknowns?: Uint8Array[];
        }
        type $Shape = {
          result?: etcdserverpb.Compare.CompareResult|null;
          target?: etcdserverpb.Compare.CompareTarget|null;
          key?: Uint8Array|null;
          version?: number|null;
          createRevision?: number|null;
          modRevision?: number|null;
          value?: Uint8Array|null;
          lease?: number|null;
          rangeEnd?: Uint8Array|null;
          $unknowns?: Uint8Array[];
        } & (
          ({ targetUnion?: undefined; version?: null; createRevision?: null; modRevision?: null; value?: null; lease?: null }|{ targetUnion?: "version"; version: number; createRevision?: null; modRevision?: null; value?: null; lease?: null }|{ targetUnion?: "createRevision"; version?: null; createRevision: number; modRevision?: null; value?: null; lease?: null }|{ targetUnion?: "modRevision"; version?: null; createRevision?: null; modRevision: number; value?: null; lease?: null }|{ targetUnion?: "value"; version?: null; createRevision?: null; modRevision?: null; value: Uint8Array; lease?: null }|{ targetUnion?: "lease"; version?: null; createRevision?: null; modRevision?: null; value?: null; lease: number })
        );

        enum CompareResult {
            EQUAL = 0,
            GREATER = 1,
            LESS = 2,
            NOT_EQUAL = 3
        }

        enum CompareTarget {
            VERSION = 0,
            CREATE = 1,
            MOD = 2,
            VALUE = 3,
            LEASE = 4
        }
    }

    interface ITxnRequest extends etcdserverpb.TxnRequest.$Properties {
    }

    class TxnRequest {
        constructor(properties?: etcdserverpb.TxnRequest.$Properties);
        $unknowns?: Uint8Array[];
        compare: etcdserverpb.Compare.$Properties[];
        success: etcdserverpb.RequestOp.$Properties[];
        failure: etcdserverpb.RequestOp.$Properties[];
        static encode(message: etcdserverpb.TxnRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): etcdserverpb.TxnRequest & etcdserverpb.TxnRequest.$Shape;
    }

    namespace TxnRequest {
        interface $Properties {
            compare?: (etcdserverpb.Compare.$Properties[]|null);
            success?: (etcdserverpb.RequestOp.$Properties[]|null);
            failure?: (etcdserverpb.RequestOp.$Properties[]|null);
            $unknowns?: Uint8Array[];
        }
        type $Shape = {
          compare?: etcdserverpb.Compare.$Shape[]|null;
          success?: etcdserverpb.RequestOp.$Shape[]|null;
          failure?: etcdserverpb.RequestOp.$Shape[]|null;
          $unknowns?: Uint8Array[];
        };
    }

    interface ITxnResponse extends etcdserverpb.TxnResponse.$Properties {
    }

    class TxnResponse {
        constructor(properties?: etcdserverpb.TxnResponse.$Properties);
        $unknowns?: Uint8Array[];
        header?: (etcdserverpb.ResponseHeader.$Properties|null);
        succeeded: boolean;
        responses: etcdserverpb.ResponseOp.$Properties[];
        static encode(message: etcdserverpb.TxnResponse.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): etcdserverpb.TxnResponse & etcdserverpb.TxnResponse.$Shape;
    }

    namespace TxnResponse {
        interface $Properties {
            header?: (etcdserverpb.ResponseHeader.$Properties|null);
            succeeded?: (boolean|null);
            responses?: (etcdserverpb.ResponseOp.$Properties[]|null);
            $unknowns?: Uint8Array[];
        }
        type $Shape = {
          header?: etcdserverpb.ResponseHeader.$Shape|null;
          succeeded?: boolean|null;
          responses?: etcdserverpb.ResponseOp.$Shape[]|null;
          $unknowns?: Uint8Array[];
        };
    }

    interface IWatchRequest extends etcdserverpb.WatchRequest.$Properties {
    }

    class WatchRequest {
        constructor(properties?: etcdserverpb.WatchRequest.$Properties);
        $unknowns?: Uint8Array[];
        createRequest?: (etcdserverpb.WatchCreateRequest.$Properties|null);
        cancelRequest?: (etcdserverpb.WatchCancelRequest.$Properties|null);
        progressRequest?: (etcdserverpb.WatchProgressRequest.$Properties|null);
        requestUnion?: ("createRequest"|"cancelRequest"|"progressRequest");
        static encode(message: etcdserverpb.WatchRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): etcdserverpb.WatchRequest & etcdserverpb.WatchRequest.$Shape;
    }

    namespace WatchRequest {
        interface $Properties {
            createRequest?: (etcdserverpb.WatchCreateRequest.$Properties|null);
            cancelRequest?: (etcdserverpb.WatchCancelRequest.$Properties|null);
            progressRequest?: (etcdserverpb.WatchProgressRequest.$Properties|null);
            requestUnion?: ("createRequest"|"cancelRequest"|"progressRequest");
            $unknowns?: Uint8Array[];
        }
        type $Shape = {
          createRequest?: etcdserverpb.WatchCreateRequest.$Shape|null;
          cancelRequest?: etcdserverpb.WatchCancelRequest.$Shape|null;
          progressRequest?: etcdserverpb.WatchProgressRequest.$Shape|null;
          $unknowns?: Uint8Array[];
        } & (
          ({ requestUnion?: undefined; createRequest?: null; cancelRequest?: null; progressRequest?: null }|{ requestUnion?: "createRequest"; createRequest: etcdserverpb.WatchCreateRequest.$Shape; cancelRequest?: null; progressRequest?: null }|{ requestUnion?: "cancelRequest"; createRequest?: null; cancelRequest: etcdserverpb.WatchCancelRequest.$Shape; progressRequest?: null }|{ requestUnion?: "progressRequest"; createRequest?: null; cancelRequest?: null; progressRequest: etcdserverpb.WatchProgressRequest.$Shape })
        );
    }

    interface IWatchCreateRequest extends etcdserverpb.WatchCreateRequest.$Properties {
    }

    class WatchCreateRequest {
        constructor(properties?: etcdserverpb.WatchCreateRequest.$Properties);
        $unknowns?: Uint8Array[];
        key: Uint8Array;
        rangeEnd: Uint8Array;
        startRevision: number;
        progressNotify: boolean;
        filters: etcdserverpb.WatchCreateRequest.FilterType[];
        prevKv: boolean;
        watchId: number;
        fragment: boolean;
        static encode(message: etcdserverpb.WatchCreateRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): etcdserverpb.WatchCreateRequest & etcdserverpb.WatchCreateRequest.$Shape;
    }

    namespace WatchCreateRequest {
        interface $Properties {
            key?: (Uint8Array|null);
            rangeEnd?: (Uint8Array|null);
            startRevision?: (number|null);
            progressNotify?: (boolean|null);
            filters?: (etcdserverpb.WatchCreateRequest.FilterType[]|null);
            prevKv?: (boolean|null);
            watchId?: (number|null);
            fragment?: (boolean|null);
            $unknowns?: Uint8Array[];
        }
        type $Shape = etcdserverpb.WatchCreateRequest.$Properties;

        enum FilterType {
            NOPUT = 0,
            NODELETE = 1
        }
    }

    interface IWatchCancelRequest extends etcdserverpb.WatchCancelRequest.$Properties {
    }

    class WatchCancelRequest {
        constructor(properties?: etcdserverpb.WatchCancelRequest.$Properties);
        $unknowns?: Uint8Array[];
        watchId: number;
        static encode(message: etcdserverpb.WatchCancelRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): etcdserverpb.WatchCancelRequest & etcdserverpb.WatchCancelRequest.$Shape;
    }

    namespace WatchCancelRequest {
        interface $Properties {
            watchId?: (number|null);
            $unknowns?: Uint8Array[];
        }
        type $Shape = etcdserverpb.WatchCancelRequest.$Properties;
    }

    interface IWatchProgressRequest extends etcdserverpb.WatchProgressRequest.$Properties {
    }

    class WatchProgressRequest {
        constructor(properties?: etcdserverpb.WatchProgressRequest.$Properties);
        $unknowns?: Uint8Array[];
        static encode(message: etcdserverpb.WatchProgressRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): etcdserverpb.WatchProgressRequest & etcdserverpb.WatchProgressRequest.$Shape;
    }

    namespace WatchProgressRequest {
        interface $Properties {
            $unknowns?: Uint8Array[];
        }
        type $Shape = etcdserverpb.WatchProgressRequest.$Properties;
    }

    interface IWatchResponse extends etcdserverpb.WatchResponse.$Properties {
    }

    class WatchResponse {
        constructor(properties?: etcdserverpb.WatchResponse.$Properties);
        $unknowns?: Uint8Array[];
        header?: (etcdserverpb.ResponseHeader.$Properties|null);
        watchId: number;
        created: boolean;
        canceled: boolean;
        compactRevision: number;
        cancelReason: string;
        fragment: boolean;
        events: mvccpb.Event.$Properties[];
        static encode(message: etcdserverpb.WatchResponse.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): etcdserverpb.WatchResponse & etcdserverpb.WatchResponse.$Shape;
    }

    namespace WatchResponse {
        interface $Properties {
            header?: (etcdserverpb.ResponseHeader.$Properties|null);
            watchId?: (number|null);
            created?: (boolean|null);
            canceled?: (boolean|null);
            compactRevision?: (number|null);
            cancelReason?: (string|null);
            fragment?: (boolean|null);
            events?: (mvccpb.Event.$Properties[]|null);
            $unknowns?: Uint8Array[];
        }
        type $Shape = etcdserverpb.WatchResponse.$Properties;
    }

    interface ILeaseGrantRequest extends etcdserverpb.LeaseGrantRequest.$Properties {
    }

    class LeaseGrantRequest {
        constructor(properties?: etcdserverpb.LeaseGrantRequest.$Properties);
        $unknowns?: Uint8Array[];
        TTL: number;
        ID: number;
        static encode(message: etcdserverpb.LeaseGrantRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): etcdserverpb.LeaseGrantRequest & etcdserverpb.LeaseGrantRequest.$Shape;
    }

    namespace LeaseGrantRequest {
        interface $Properties {
            TTL?: (number|null);
            ID?: (number|null);
            $unknowns?: Uint8Array[];
        }
        type $Shape = etcdserverpb.LeaseGrantRequest.$Properties;
    }

    interface ILeaseGrantResponse extends etcdserverpb.LeaseGrantResponse.$Properties {
    }

    class LeaseGrantResponse {
        constructor(properties?: etcdserverpb.LeaseGrantResponse.$Properties);
        $unknowns?: Uint8Array[];
        header?: (etcdserverpb.ResponseHeader.$Properties|null);
        ID: number;
        TTL: number;
        error: string;
        static encode(message: etcdserverpb.LeaseGrantResponse.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): etcdserverpb.LeaseGrantResponse & etcdserverpb.LeaseGrantResponse.$Shape;
    }

    namespace LeaseGrantResponse {
        interface $Properties {
            header?: (etcdserverpb.ResponseHeader.$Properties|null);
            ID?: (number|null);
            TTL?: (number|null);
            error?: (string|null);
            $unknowns?: Uint8Array[];
        }
        type $Shape = etcdserverpb.LeaseGrantResponse.$Properties;
    }

    interface ILeaseKeepAliveRequest extends etcdserverpb.LeaseKeepAliveRequest.$Properties {
    }

    class LeaseKeepAliveRequest {
        constructor(properties?: etcdserverpb.LeaseKeepAliveRequest.$Properties);
        $unknowns?: Uint8Array[];
        ID: number;
        static encode(message: etcdserverpb.LeaseKeepAliveRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): etcdserverpb.LeaseKeepAliveRequest & etcdserverpb.LeaseKeepAliveRequest.$Shape;
    }

    namespace LeaseKeepAliveRequest {
        interface $Properties {
            ID?: (number|null);
            $unknowns?: Uint8Array[];
        }
        type $Shape = etcdserverpb.LeaseKeepAliveRequest.$Properties;
    }

    interface ILeaseKeepAliveResponse extends etcdserverpb.LeaseKeepAliveResponse.$Properties {
    }

    class LeaseKeepAliveResponse {
        constructor(properties?: etcdserverpb.LeaseKeepAliveResponse.$Properties);
        $unknowns?: Uint8Array[];
        header?: (etcdserverpb.ResponseHeader.$Properties|null);
        ID: number;
        TTL: number;
        static encode(message: etcdserverpb.LeaseKeepAliveResponse.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): etcdserverpb.LeaseKeepAliveResponse & etcdserverpb.LeaseKeepAliveResponse.$Shape;
    }

    namespace LeaseKeepAliveResponse {
        interface $Properties {
            header?: (etcdserverpb.ResponseHeader.$Properties|null);
            ID?: (number|null);
            TTL?: (number|null);
            $unknowns?: Uint8Array[];
        }
        type $Shape = etcdserverpb.LeaseKeepAliveResponse.$Properties;
    }

    interface IStatusRequest extends etcdserverpb.StatusRequest.$Properties {
    }

    class StatusRequest {
        constructor(properties?: etcdserverpb.StatusRequest.$Properties);
        $unknowns?: Uint8Array[];
        static encode(message: etcdserverpb.StatusRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): etcdserverpb.StatusRequest & etcdserverpb.StatusRequest.$Shape;
    }

    namespace StatusRequest {
        interface $Properties {
            $unknowns?: Uint8Array[];
        }
        type $Shape = etcdserverpb.StatusRequest.$Properties;
    }

    interface IStatusResponse extends etcdserverpb.StatusResponse.$Properties {
    }

    class StatusResponse {
        constructor(properties?: etcdserverpb.StatusResponse.$Properties);
        $unknowns?: Uint8Array[];
        header?: (etcdserverpb.ResponseHeader.$Properties|null);
        version: string;
        dbSize: number;
        leader: number;
        raftIndex: number;
        raftTerm: number;
        raftAppliedIndex: number;
        errors: string[];
        dbSizeInUse: number;
        isLearner: boolean;
        static encode(message: etcdserverpb.StatusResponse.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): etcdserverpb.StatusResponse & etcdserverpb.StatusResponse.$Shape;
    }

    namespace StatusResponse {
        interface $Properties {
            header?: (etcdserverpb.ResponseHeader.$Properties|null);
            version?: (string|null);
            dbSize?: (number|null);
            leader?: (number|null);
            raftIndex?: (number|null);
            raftTerm?: (number|null);
            raftAppliedIndex?: (number|null);
            errors?: (string[]|null);
            dbSizeInUse?: (number|null);
            isLearner?: (boolean|null);
            $unknowns?: Uint8Array[];
        }
        type $Shape = etcdserverpb.StatusResponse.$Properties;
    }

    interface IAuthenticateRequest extends etcdserverpb.AuthenticateRequest.$Properties {
    }

    class AuthenticateRequest {
        constructor(properties?: etcdserverpb.AuthenticateRequest.$Properties);
        $unknowns?: Uint8Array[];
        name: string;
        password: string;
        static encode(message: etcdserverpb.AuthenticateRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): etcdserverpb.AuthenticateRequest & etcdserverpb.AuthenticateRequest.$Shape;
    }

    namespace AuthenticateRequest {
        interface $Properties {
            name?: (string|null);
            password?: (string|null);
            $unknowns?: Uint8Array[];
        }
        type $Shape = etcdserverpb.AuthenticateRequest.$Properties;
    }

    interface IAuthenticateResponse extends etcdserverpb.AuthenticateResponse.$Properties {
    }

    class AuthenticateResponse {
        constructor(properties?: etcdserverpb.AuthenticateResponse.$Properties);
        $unknowns?: Uint8Array[];
        header?: (etcdserverpb.ResponseHeader.$Properties|null);
        token: string;
        static encode(message: etcdserverpb.AuthenticateResponse.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): etcdserverpb.AuthenticateResponse & etcdserverpb.AuthenticateResponse.$Shape;
    }

    namespace AuthenticateResponse {
        interface $Properties {
            header?: (etcdserverpb.ResponseHeader.$Properties|null);
            token?: (string|null);
            $unknowns?: Uint8Array[];
        }
        type $Shape = etcdserverpb.AuthenticateResponse.$Properties;
    }
}

export namespace mvccpb {

    interface IKeyValue extends mvccpb.KeyValue.$Properties {
    }

    class KeyValue {
        constructor(properties?: mvccpb.KeyValue.$Properties);
        $unknowns?: Uint8Array[];
        key: Uint8Array;
        createRevision: number;
        modRevision: number;
        version: number;
        value: Uint8Array;
        lease: number;
        static encode(message: mvccpb.KeyValue.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): mvccpb.KeyValue & mvccpb.KeyValue.$Shape;
    }

    namespace KeyValue {
        interface $Properties {
            key?: (Uint8Array|null);
            createRevision?: (number|null);
            modRevision?: (number|null);
            version?: (number|null);
            value?: (Uint8Array|null);
            lease?: (number|null);
            $unknowns?: Uint8Array[];
        }
        type $Shape = mvccpb.KeyValue.$Properties;
    }

    interface IEvent extends mvccpb.Event.$Properties {
    }

    class Event {
        constructor(properties?: mvccpb.Event.$Properties);
        $unknowns?: Uint8Array[];
        type: mvccpb.Event.EventType;
        kv?: (mvccpb.KeyValue.$Properties|null);
        prevKv?: (mvccpb.KeyValue.$Properties|null);
        static encode(message: mvccpb.Event.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): mvccpb.Event & mvccpb.Event.$Shape;
    }

    namespace Event {
        interface $Properties {
            type?: (mvccpb.Event.EventType|null);
            kv?: (mvccpb.KeyValue.$Properties|null);
            prevKv?: (mvccpb.KeyValue.$Properties|null);
            $unknowns?: Uint8Array[];
        }
        type $Shape = mvccpb.Event.$Properties;

        enum EventType {
            PUT = 0,
            DELETE = 1
        }
    }
}
