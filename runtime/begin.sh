# module: begin
# provides: rt_begin rt_begin_step rt_is_settled
# requires: base store query drift text report call

# rt_begin: the run's first transaction, which holds the whole plan with
# its rollback texts. A refusal in it leaves nothing behind.
rt_begin() {
	rt_store_begin_all
	if [ "$rt_choice" = again ]; then
		rt_put run_again "$rt_run" "$rt_script_sha"
		waymark_plan rt_begin_step
	else
		rt_begin_run
	fi
	rt_put deps "$rt_run"
	[ "$rt_choice" != over ] || rt_begin_over
	[ -z "$rt_from" ] || rt_begin_from
	rt_loaded=
	if [ "$rt_choice" != new ]; then
		rt_drift_find
		rt_drift_run_again
		rt_loaded=1
		rt_list rt_begin_row rows "$rt_run"
	fi
	rt_store_commit_all
	rt_pending_sql='' rt_pending_ord='' rt_pending_checkpoint='' rt_said=
	rt_stop='' rt_ran=0 rt_under_way=1
}

# rt_begin_run: the rows of a new run.
rt_begin_run() {
	rt_over=$rt_run
	rt_get run_next
	rt_run=$RT_REPLY
	rt_get run_new "$rt_run" "$RT_VERSION" "$RT_FINGERPRINT" \
		"$rt_script_sha"
	rt_run_id=$RT_REPLY
	waymark_plan rt_begin_step
}

# rt_begin_step: takes the plan's line of a step: its row. Where it is
# there, name and rollback text become those of this script.
rt_begin_step() {
	rt_bits=
	for rt_word in c a i; do
		case $5 in
		*$rt_word*) rt_bits="$rt_bits 1" ;;
		*) rt_bits="$rt_bits 0" ;;
		esac
	done
	rt_rollback=
	case $5 in
	*r*)
		eval "rt_rollback=\$rollback_$3"
		unset "rollback_$3"
		;;
	esac
	# shellcheck disable=SC2086 # three bits
	rt_put step_new "$rt_run" "$1" "$2" "$4" "$6" $rt_bits "$7" \
		"$rt_rollback"
}

# rt_begin_over: over a run of another script: what that settled and this
# left the same is skipped, but for what depends on a step that runs.
rt_begin_over() {
	if [ -n "$rt_strict" ]; then
		rt_get changed "$rt_run" "$rt_over"
		[ -z "$RT_REPLY" ] ||
			rt_die "$RT_USAGE" "settled steps changed: $RT_REPLY" \
				"Nothing was done. Without --strict they run" \
				"again, with all that depends on them."
	fi
	rt_get over "$rt_run" "$rt_over"
}

# rt_begin_from: the step --from and all that come after it run again. All
# that it depends on must be settled.
rt_begin_from() {
	rt_plan_find "$rt_from"
	rt_get unsettled "$rt_run" "$rt_found"
	[ -z "$RT_REPLY" ] ||
		rt_die "$RT_USAGE" "cannot resume from $rt_from" \
			"It depends on what is not settled: $RT_REPLY" \
			"Continue from where the run stopped: $rt_call resume"
	rt_put from "$rt_run" "$rt_found"
}

# rt_begin_row "ORD ATTEMPT SETTLED": sets rt_at_ORD and rt_is_ORD.
rt_begin_row() {
	case $1 in *[!0-9\ ]*) return 0 ;; esac
	# shellcheck disable=SC2086 # three numbers
	set -- $1
	eval "rt_at_$1=$2 rt_is_$1=$3"
}

# rt_is_settled ORD: true for a step that is not run again.
rt_is_settled() {
	[ -n "$rt_loaded" ] && eval "[ \"\${rt_is_$1-0}\" -eq 1 ]"
}
