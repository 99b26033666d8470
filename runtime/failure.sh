# module: failure
# provides: rt_failure rt_failure_blocked rt_failure_keep rt_failure_end
# provides: rt_failure_signal
# requires: base run begin step state store query process rollback call report
# requires: text

# The steps that failed and were passed over, and those that depend on one.
rt_failed_steps='' rt_blocked_steps=''

# rt_failure ID: what on_failure says, when a step failed for good: rt_stop
# is how. A signal, and a step that could not be undone, end the run.
rt_failure() {
	[ "$rt_stop" != failed ] || rt_failure_signal
	[ "$rt_stop" != signal ] || return 0
	if [ -n "$rt_message" ]; then
		rt_text_line "$rt_message"
		rt_warn "$RT_REPLY"
		rt_event step_message step "$1" message "$rt_message"
	fi
	[ -z "$rt_signal" ] || return 0
	case $rt_action in
	continue)
		[ "$rt_stop" != undone ] ||
			[ -z "$rt_undo_failed$rt_undo_kept" ] || return 0
		rt_stop='' rt_failed_steps="$rt_failed_steps $1"
		;;
	abort) rt_failure_abort "$1" ;;
	esac
}

# rt_failure_signal: a signal that nothing has dealt with yet ends the run.
rt_failure_signal() {
	[ -z "$rt_signal" ] || rt_stop=signal rt_ended_by=$rt_signal
}

# rt_failure_blocked ORD ID DEPENDS: sets rt_blocked_by to what the step
# depends on and did not complete, directly or through others, and says so.
rt_failure_blocked() {
	rt_blocked_by=
	[ -z "$rt_stop$rt_signal" ] && ! rt_is_settled "$1" || return 0
	for rt_word in $3; do
		case "$rt_failed_steps $rt_blocked_steps " in
		*" $rt_word "*) rt_blocked_by=$rt_word ;;
		esac
	done
	[ -n "$rt_blocked_by" ] || return 0
	rt_blocked_steps="$rt_blocked_steps $2"
	rt_say "[$1/$RT_STEPS] $2: not run: it depends on $rt_blocked_by"
	rt_event step_skipped step "$2" "#ord" "$1" reason dependency \
		dependency "$rt_blocked_by"
}

# rt_failure_end FUNCTION: behind the plan's last line: a run that passed
# over a failure did not complete.
rt_failure_end() {
	[ "$1" = rt_run_step ] && [ -n "$rt_failed_steps" ] || return 0
	[ -n "$rt_stop" ] || rt_failure_signal
	if [ -n "$rt_stop" ]; then
		rt_warn "steps that failed before:$rt_failed_steps"
		return 0
	fi
	rt_run_close failed "$RT_FAILED"
	set -- "Try them again with: $rt_call resume" \
		"Undo with:           $rt_call rollback --full"
	[ -z "$rt_blocked_steps" ] ||
		set -- "Not run, for what they depend on:$rt_blocked_steps" "$@"
	rt_die "$RT_FAILED" "steps that failed:$rt_failed_steps" "$@"
}

# rt_failure_keep ORD ID: where KEEP asks for it, copies the state files as
# the failure left them, before anything undoes them.
rt_failure_keep() {
	[ -n "$rt_keep" ] && [ -z "$rt_signal" ] || return 0
	rt_process_end
	rt_state_load "$rt_run" "$1"
	rt_kept=backup/$2/failed/$rt_run.$rt_attempt
	[ "$rt_paths" -eq 0 ] || rt_state_each rt_failure_keep_one
}

# rt_failure_keep_one N: one of them.
rt_failure_keep_one() {
	[ -e "$rt_path" ] || [ -L "$rt_path" ] || return 0
	if rt_state_copy "$rt_path" "$rt_kept" "$1"; then
		rt_warn "$rt_path, as it failed, is kept as" \
			"$rt_dir/$rt_kept/$1"
	else
		rt_warn "no copy of $rt_path can be kept. Is the disk full?"
	fi
}

# rt_failure_abort ID: undoes what this run did, to its beginning or to the
# last irreversible step, and ends it.
rt_failure_abort() {
	rt_failed_undo=
	[ "$rt_stop" != undone ] || rt_failed_undo=$rt_undo_failed
	rt_get undo_boundary "$rt_run" 0
	rt_boundary=$RT_REPLY rt_found=0
	[ -z "$rt_boundary" ] || rt_plan_find "$rt_boundary"
	rt_say "step $1 failed: rolling the run back"
	rt_event rollback_started
	rt_get undo_mark "$rt_run" "$((rt_found + 1))"
	rt_undo_all
	rt_undo_failed=$rt_failed_undo$rt_undo_failed
	rt_code=$RT_FAILED
	[ -z "$rt_undo_failed$rt_undo_kept" ] || rt_code=$RT_PARTIAL
	[ -z "$rt_signal" ] || rt_code=$((128 + rt_signal))
	rt_run_close aborted "$rt_code"
	rt_get undo_close 0
	rt_undo_report
	rt_word="step $1 failed: the run was rolled back"
	[ -z "$rt_boundary" ] ||
		rt_word="$rt_word to the irreversible step $rt_boundary"
	rt_die "$RT_FAILED" "$rt_word" "Try it again with: $rt_call run"
}
