# module: run
# provides: rt_verb_run rt_run_close rt_run_step
# requires: base folder step rollback history inspect begin progress
# requires: query drift report

# rt_verb_run run|resume: the whole installation, from its beginning or
# from where the last attempt stopped.
rt_verb_run() {
	[ "$1" = run ] || rt_folder_has || rt_run_none
	for rt_word in $RT_PREFLIGHT; do "$rt_word" "$1"; done
	rt_state_outside
	rt_history_open
	rt_earlier=$rt_run
	rt_run_choose "$1"
	[ "$rt_choice" != installed ] || rt_run_installed "$1"
	rt_begin
	rt_run_greet
	waymark_plan rt_run_step
	rt_run_end
}

# rt_run_none: resume, where no run is.
rt_run_none() {
	rt_die "$RT_USAGE" "there is no run to resume" \
		"Start one with: $rt_call run"
}

# rt_run_choose VERB: sets rt_choice: new, over (a new run on top of one of
# another script), again (the same run goes on), or installed (nothing to do).
rt_run_choose() {
	rt_choice=new
	if [ -z "$rt_run" ]; then
		[ "$1" = run ] || rt_run_none
	elif [ -n "$rt_fresh" ]; then
		return 0
	elif [ "$rt_run_status$rt_from" = completed ] && {
		[ "$1" = resume ] || [ "$rt_old_plan" = "$RT_FINGERPRINT" ]
	}; then
		rt_drift_find
		rt_choice=installed
		case $1,$rt_gone,$rt_old_plan in
		resume,?*,"$RT_FINGERPRINT") rt_choice=again ;;
		esac
	elif [ "$rt_old_plan" = "$RT_FINGERPRINT" ]; then
		rt_choice=again
	else
		rt_choice=over
	fi
}

# rt_run_installed VERB: says so; run verifies it as well.
rt_run_installed() {
	if [ "$1" = resume ]; then
		rt_say "$RT_NAME $rt_old_version is installed:" \
			"there is nothing to resume"
	else
		rt_say "$RT_NAME $rt_old_version is installed already;" \
			"run it again with: $rt_call run --fresh"
		[ -z "$rt_gone" ] || {
			rt_warn "state files are missing, of:$rt_gone"
			rt_hint "Put them back with: $rt_call resume"
		}
		rt_verify_all
		if [ "$rt_bad" -gt 0 ]; then
			rt_event run_failed "#exit_code" 1
			rt_die "$RT_FAILED" "what is installed fails" \
				"Install it again with: $rt_call run --fresh"
		fi
	fi
	rt_event run_completed run "$rt_run_id" "#exit_code" 0
	rt_exit 0
}

# rt_run_greet: the first lines of a run.
rt_run_greet() {
	rt_say "$RT_NAME $RT_VERSION: steps: $RT_STEPS, state in $rt_dir"
	case $rt_choice in
	again) rt_say "an unfinished run is there: resuming it" ;;
	over) rt_say "on top of $rt_old_version: what is the same stays" ;;
	esac
	[ -z "$rt_journal" ] || [ -n "$rt_earlier" ] ||
		rt_say "this host has no sqlite3: checkpoints are in a journal"
	rt_event run_started run "$rt_run_id" installer "$RT_NAME" \
		version "$RT_VERSION" dir "$rt_dir" "#steps" "$RT_STEPS"
}

# rt_run_step ORD ID SYMBOL NAME FLAGS FINGERPRINT DEPENDS -- PATHS: one
# step of the plan. After a failure or a signal the rest is passed over.
rt_run_step() {
	[ -z "$rt_stop" ] || return 0
	if [ -n "$rt_signal" ]; then
		rt_stop=signal rt_ended_by=$rt_signal
		return 0
	fi
	if rt_is_settled "$1"; then
		rt_event step_skipped step "$2" "#ord" "$1" reason settled
		return 0
	fi
	eval "rt_attempt=\$((\${rt_at_$1-0} + 1))"
	case $5 in *w*) "gate_$3" "$@" && return ;; esac
	rt_ran=$((rt_ran + 1))
	if [ -n "$rt_try" ]; then
		"$rt_try" "$@"
		return
	fi
	rt_progress_begin "$@"
	rt_step_exec "$1" "$2" "$3" "$4" "$5"
	case $5 in *e*) "export_$3" ;; esac
	if [ "$rt_status" -eq 0 ]; then
		rt_progress_done "$@"
	else
		rt_progress_failed "$@"
	fi
}

# rt_run_end: records how the run ended, says so, and exits.
rt_run_end() {
	case $rt_stop in
	'')
		rt_run_close completed 0
		rt_say "$RT_NAME $RT_VERSION: completed;" \
			"$rt_ran of $RT_STEPS steps were run"
		rt_say "  Undo with: $rt_call rollback --full"
		rt_exit 0
		;;
	signal)
		rt_code=$((128 + rt_ended_by))
		rt_run_close aborted "$rt_code"
		rt_word="ended by signal $rt_ended_by"
		;;
	undone)
		rt_code=$RT_UNDONE
		[ -z "$rt_undo_failed$rt_undo_kept$rt_signal" ] ||
			rt_code=$RT_PARTIAL
		rt_run_close failed "$rt_code"
		[ "$rt_code" -eq "$RT_UNDONE" ] || rt_undo_report
		rt_word="step $rt_failed_step failed and was undone"
		;;
	*)
		rt_code=$RT_FAILED
		rt_run_close failed "$rt_code"
		rt_word="stopped at step $rt_failed_step"
		;;
	esac
	rt_die "$rt_code" "$rt_word" "Continue with: $rt_call resume" \
		"Undo with:     $rt_call rollback --full"
}

# rt_run_close STATUS CODE: records how the run ended.
rt_run_close() {
	rt_under_way=
	rt_q run_close "$rt_run" "$1" "$2"
	rt_progress_flush "$RT_REPLY"
	rt_word=failed
	[ "$1" != completed ] || rt_word=completed
	rt_event "run_$rt_word" run "$rt_run_id" "#exit_code" "$2"
}
