# module: history
# provides: rt_history_open rt_history_current rt_state_outside
# requires: base folder store query step process rollback signals call
# requires: report

# rt_history_open: opens the folder and the store, takes the lock, and puts
# in order what a killed call left: its processes, the atomic step that it
# was in, a rollback that it had begun, and files that are not there.
rt_history_open() {
	rt_store_need rw
	rt_folder_open
	rt_store_open rw
	rt_signals_on
	rt_folder_sweep
	rt_folder_keep_self
	rt_history_current standing
	rt_get seq
	rt_seq=$RT_REPLY
	[ -n "$rt_run" ] || return 0
	rt_get derive "$rt_run"
	rt_lines strays
	[ -z "$rt_lines" ] || rt_history_end_strays
	[ "$rt_verb" != rollback ] || return 0
	rt_get undo_atomic
	[ "$RT_REPLY" -gt 0 ] || return 0
	rt_say "undoing first what a stopped call left behind"
	rt_undo_all
	rt_undo_report
	rt_history_current standing
}

# rt_history_end_strays: ends what is left of the steps in rt_lines, which
# were running when their call was killed.
rt_history_end_strays() {
	while read -r rt_run rt_run_id rt_ord rt_attempt rt_word; do
		[ -n "$rt_word" ] || continue
		rt_child_mark "$rt_ord" "$rt_word" "$rt_attempt"
		[ "$rt_attempt" != undo ] ||
			rt_mark_log=$rt_dir/logs/$rt_word.rollback.log
		rt_process_end
	done <<EOF
$rt_lines
EOF
	rt_history_current standing
}

# rt_history_current standing|any: sets rt_run (empty where there is none),
# rt_run_id, rt_run_status, rt_old_plan and rt_old_version: of the topmost
# run that is not rolled back, or of the topmost of all.
rt_history_current() {
	rt_get current "$1"
	rt_old_version=$RT_REPLY
	for rt_word in rt_run rt_run_id rt_run_status rt_old_plan; do
		eval "$rt_word=\${rt_old_version%% *}"
		rt_old_version=${rt_old_version#* }
	done
}

# rt_state_outside: refuses a plan one of whose state files holds the
# checkpoint directory: an undo would remove the store.
rt_state_outside() {
	rt_inside=
	waymark_plan rt_state_outside_step
	[ -z "$rt_inside" ] ||
		rt_die "$RT_HOST" "a state file holds the store" \
			"$rt_dir is below $rt_inside" \
			"Nothing was changed." "$RT_ELSEWHERE"
}

# rt_state_outside_step: takes the plan's line of a step.
rt_state_outside_step() {
	[ $# -gt 8 ] || return 0
	shift 8
	for rt_word; do
		rt_path_resolve "$rt_word"
		case $rt_dir/ in
		"$RT_REPLY"/*) rt_inside=$RT_REPLY ;;
		esac
	done
}
