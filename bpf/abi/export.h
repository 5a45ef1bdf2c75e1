// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Enums that no map's type mentions, kept in BTF for the generator: included by one hook. */
#pragma once

#include "conntrack.h"
#include "endpoint.h"
#include "event.h"
#include "flow_cache.h"
#include "fragment.h"
#include "iface.h"
#include "node.h"
#include "route.h"
#include "service.h"
#include "verdict.h"

ABI_EXPORT(struct event, event);
ABI_EXPORT(enum event_kind, event_kind);
ABI_EXPORT(enum event_stage, event_stage);
ABI_EXPORT(enum policy_action, policy_action);
ABI_EXPORT(enum policy_direction, policy_direction);
ABI_EXPORT(enum policy_id, policy_id);
ABI_EXPORT(enum policy_kind, policy_kind);
ABI_EXPORT(enum rule_flag, rule_flag);
ABI_EXPORT(enum rule_kind, rule_kind);
ABI_EXPORT(enum backend_condition, backend_condition);
ABI_EXPORT(enum ct_flag, ct_flag);
ABI_EXPORT(enum endpoint_kind, endpoint_kind);
ABI_EXPORT(enum flow_epoch_row, flow_epoch_row);
ABI_EXPORT(enum fragment_to_stack, fragment_to_stack);
ABI_EXPORT(enum hook, hook);
ABI_EXPORT(enum iface_flag, iface_flag);
ABI_EXPORT(enum iface_kind, iface_kind);
ABI_EXPORT(enum node_flag, node_flag);
ABI_EXPORT(enum route_flag, route_flag);
ABI_EXPORT(enum route_kind, route_kind);
ABI_EXPORT(enum verdict, verdict);
