// What the kernel's functions are for, as the tables of docs/performance.md tell them apart. The first that fits decides.

export interface Category {
  readonly name: string;
  /** `*` stands for any part of a name; underscores that a name begins with, and the compiler's suffixes, are cut off. */
  readonly symbols: readonly string[];
  /** Nothing but packets keeps these functions busy, in whatever process's name they run. */
  readonly isOfPackets: boolean;
}

export const CATEGORIES: readonly Category[] = [
  category(
    'copy to and from user space',
    `
    copy_to_iter copy_from_iter copy_to_user copy_from_user copy_user_* simple_copy_to_iter rep_movs_* iov_iter_*
    skb_datagram_iter skb_copy_datagram_* skb_do_copy_data_nocache
    check_object_size check_heap_object virt_addr_valid is_vmalloc_addr kmem_cache_size`,
  ),
  ofPackets(
    'our programs',
    `
    bpf_prog_* bpf_skb_* bpf_redirect* bpf_map_* bpf_xdp_* bpf_fib_* bpf_ktime_* bpf_loop* bpf_csum_* bpf_get_* bpf_push_*
    bpf_set_* bpf_mprog_* bpf_dispatcher_* bpf_trampoline_* sk_skb_pull_data skb_do_redirect
    htab_* lookup_nulls_elem_raw lookup_elem_raw array_map_* trie_* longest_prefix_match* tcx_* tc_run sch_handle_*`,
  ),
  ofPackets('merging (GRO)', '*_gro_* gro_*'),
  ofPackets('segmentation', '*_gso_* skb_segment* skb_udp_tunnel_segment skb_checksum* csum_partial*'),
  ofPackets('vxlan device', 'vxlan_* udp_tunnel_* iptunnel_* ip_tunnel_* skb_scrub_packet'),
  ofPackets('bridges', 'br_* fdb_* nbp_* should_deliver ip_sabotage_in setup_pre_routing'),
  ofPackets('netfilter', 'nf_* nft_* nat_* ipt_* *_conntrack_* siphash* get_l4proto ipv4_get_l4proto'),
  ofPackets(
    'TCP, receiver',
    `
    tcp_v4_* tcp_rcv_* tcp_recv* tcp_data_queue* tcp_queue_rcv tcp_try_coalesce tcp_try_rmem* tcp_cleanup_rbuf
    tcp_select_window tcp_send_ack* tcp_ack_snd_check tcp_add_backlog tcp_event_data_recv tcp_validate_incoming
    tcp_grow_window tcp_eat_* tcp_measure_rcv* tcp_data_ready tcp_ofo_* tcp_prune_* tcp_collapse* tcp_filter
    tcp_inbound_* tcp_parse_* tcp_update_rcv* tcp_update_recv* tcp_urg tcp_delack* tcp_stream_memory_free
    inet_lookup_established inet_lookup_listener inet_ehashfn sk_filter_trim_cap skb_try_coalesce sock_def_readable
    sk_mem_* sock_rfree release_sock`,
  ),
  category(
    'system calls, select',
    `
    do_syscall_* entry_* x64_sys_* se_sys_* ksys_* sys_* syscall_* vfs_* new_sync_* fdget* fget* fput* file_* rw_verify_*
    sock_poll tcp_poll sock_read* sock_write* sock_send* sock_recv* inet_sendmsg inet_recvmsg security_* apparmor_* aa_*
    bpf_lsm_* do_select core_sys_select kern_select do_pselect* select_estimate* poll_* pollwait set_fd_set get_fd_set
    exit_to_user_* irqentry_* asm_* sysvec_* get_user_* put_user_* ktime_get* read_tsc rseq_* fsnotify* import_*`,
  ),
  ofPackets(
    'TCP, sender',
    `
    tcp_* tcp4_* reno_* inet_csk_* inet_send_* sk_stream_* sk_page_frag_* skb_page_frag_* sk_setup_* sk_reset_timer
    skb_shift skb_split skb_entail skb_set_owner_w skb_still_in_host_queue sk_free sock_wfree rb_* bpf_skops_*`,
  ),
  ofPackets(
    'IP, routing',
    `
    ip_* ipv4_* inet_* fib_* rt_* dst_* neigh_* arp_* udp_* udp4_* icmp_* sk_dst_check mkroute* eth_type_trans
    raw_local_deliver find_exception`,
  ),
  ofPackets(
    'veth and queues',
    `
    veth_* dev_* netif_* net_rx_* net_tx_* net_rps_* netdev_* napi_poll napi_schedule* napi_complete* validate_xmit_*
    xdp_* passthru_* process_backlog enqueue_to_backlog is_skb_forwardable skb_network_protocol skb_defer_rx_timestamp
    skb_clone_tx_timestamp skb_tx_timestamp local_bh_enable_ip handle_softirqs do_softirq* eth_header skb_get_hash*
    skb_flow_* qdisc_* noqueue_* flush_smp_*`,
  ),
  category(
    'buffers: made, cloned, freed',
    `
    skb_* pskb_* napi_skb_* napi_kfree_* napi_consume_* napi_build_* alloc_skb* build_skb* consume_skb copy_skb_*
    kfree* kmalloc* kvfree* kmem_* slab_* *_slab *_slab_* get_netmem put_netmem page_pool_* page_frag_* get_page* put_page*
    alloc_pages* alloc_frozen_pages* free_frozen_page* free_unref_* free_page* free_pcp* free_one_page rmqueue*
    get_pfnblock* folio_put* memcg_slab_* build_detached_freelist put_cpu_partial* unfreeze_partials get_partial_*
    pi_memcpy* pi_memset* pi_memmove* memcpy* memset* memmove* memcmp`,
  ),
  category(
    'waking, switching, locks',
    `
    raw_spin_* raw_read_* raw_write_* raw_callee_* pv_queued_* native_queued_* rcu_* mutex_* lock_sock* lock_timer_*
    finish_task_switch schedule* sched_* try_to_wake_up ttwu_* wake_up* autoremove_* default_wake_* pollwake woken_*
    pick_* enqueue_* dequeue_* update_load_* update_curr* update_rq_* update_cfs_* update_se* set_next_* put_prev_*
    place_entity select_task_* select_idle_* available_idle_* prepare_task_* switch_* task_* cond_resched resched_*
    native_write_msr native_send_* native_smp_* x2apic_* call_function_* mod_timer timer_* hrtimer_* get_nohz_*
    local_bh_disable* preempt_* srso_* x86_indirect_* x86_return_* avg_* reweight_*`,
  ),
];

/** What iperf3 does in user space. */
export const USER_SPACE = 'iperf3 itself';
export const EVERYTHING_ELSE = 'everything else';

/** Undefined: everything else. */
export function categoryOf(symbol: string): Category | undefined {
  const name = symbol.replace(/\.(isra|part|constprop|cold)\..*$/, '').replace(/^_+/, '');
  return PATTERNS.find(([, pattern]) => pattern.test(name))?.[0];
}

const PATTERNS = CATEGORIES.map(category => {
  const choices = category.symbols.map(symbol => symbol.replaceAll('*', '.*'));
  return [category, new RegExp(`^(${choices.join('|')})$`)] as const;
});

function category(name: string, symbols: string, isOfPackets = false): Category {
  return { name, symbols: symbols.trim().split(/\s+/), isOfPackets };
}

function ofPackets(name: string, symbols: string): Category {
  return category(name, symbols, true);
}
