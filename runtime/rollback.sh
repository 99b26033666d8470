# module: rollback
# provides: rt_verb_rollback rt_undo_all rt_undo_report
# requires: base folder store query state step history process report call

# rt_verb_rollback: undoes the last checkpoint; with --to STEP all that
# came after STEP; with --full everything. What is to be undone is marked
# in one transaction first: a rollback that is killed goes on from there.
rt_verb_rollback() {
	if ! rt_folder_has; then
		[ -z "$rt_to" ] || rt_plan_find "$rt_to"
		rt_say "there is nothing to roll back: no run in $rt_dir"
		rt_exit 0
	fi
	rt_history_open
	rt_rollback_set
	if [ -n "$rt_set" ]; then
		rt_rollback_boundary
		# shellcheck disable=SC2086 # words without blanks
		rt_get undo_mark $rt_set
	fi
	rt_event rollback_started
	rt_undo_all
	rt_word=0
	[ -z "$rt_full" ] || [ -n "$rt_signal" ] || rt_word=1
	rt_get undo_close "$rt_word"
	rt_undo_report
}

# rt_rollback_set: sets rt_set to what is to be undone, as undo_mark takes
# it; empty where a rollback that was begun goes on.
rt_rollback_set() {
	rt_set=all
	[ -z "$rt_full" ] || return 0
	if [ -n "$rt_to" ]; then
		rt_rollback_to
		return
	fi
	rt_get undo_going
	if [ "$RT_REPLY" -gt 0 ]; then
		rt_say "going on with a rollback that was stopped"
		rt_set=
		return
	fi
	rt_get undo_last
	rt_set=${RT_REPLY:-all}
}

# rt_rollback_to: sets rt_set to all that came after the step --to.
rt_rollback_to() {
	rt_get undo_target "${rt_run:-0}" "$rt_to"
	rt_set=$RT_REPLY
	case $rt_set in
	'') rt_word="there is no step $rt_to to roll back to" ;;
	0) rt_word="cannot roll back to $rt_to: it is not completed" ;;
	*) return 0 ;;
	esac
	rt_die "$RT_USAGE" "$rt_word" "Nothing was changed." \
		"List the checkpoints with: $rt_call resume --list"
}

# rt_rollback_boundary: a rollback does not cross an irreversible step.
rt_rollback_boundary() {
	[ -z "$rt_force" ] || return 0
	# shellcheck disable=SC2086 # words without blanks
	rt_get undo_boundary $rt_set
	[ -z "$RT_REPLY" ] ||
		rt_die "$RT_USAGE" "step $RT_REPLY is irreversible" \
			"Nothing was changed. Undo what came after it with:" \
			"$rt_call rollback --to $RT_REPLY" \
			"or cross it all the same with --force"
}

# rt_undo_all: undoes each step that is marked, the last one first. Sets
# rt_undone, rt_undo_failed and rt_undo_kept.
rt_undo_all() {
	rt_undone=0 rt_undo_failed='' rt_undo_kept=''
	while [ -z "$rt_signal" ]; do
		rt_get undo_next
		[ -n "$RT_REPLY" ] || break
		# shellcheck disable=SC2086 # five words, none with a blank
		rt_undo_step $RT_REPLY
	done
	rt_get undo_again
}

# rt_undo_step RUN ORD HAS_ROLLBACK RUN_ID STEP: keeps a person's edits,
# runs the author's commands, puts the state files back, and records it.
rt_undo_step() {
	rt_state_load "$1" "$2"
	rt_state_keep_edits "$5"
	rt_undo_status=0
	[ "$3" -eq 0 ] || rt_undo_script "$1" "$2" "$4" "$5"
	[ -z "$rt_signal" ] || return 0
	if rt_state_restore "$5"; then
		rt_seq=$((rt_seq + 1))
		rt_q undo_done "$1" "$2" "$rt_seq"
	elif [ -n "$rt_signal" ]; then
		return 0
	else
		rt_q undo_kept "$1" "$2"
		rt_undo_kept="$rt_undo_kept $5"
	fi
	rt_sql=$RT_REPLY
	rt_q write_state "$1" "$2"
	rt_store_ask "$rt_sql$RT_REPLY"
	rt_undone=$((rt_undone + 1))
	if [ "$rt_undo_status" -eq 0 ]; then
		rt_say "undone: $5"
	else
		rt_undo_failed="$rt_undo_failed $5"
	fi
	rt_event step_rolled_back step "$5" "#ord" "$2" \
		"#exit_code" "$rt_undo_status"
}

# rt_undo_script RUN ORD RUN_ID STEP: runs rollback/STEP.sh, written anew
# from the store, as a person would by hand. Sets rt_undo_status.
rt_undo_script() {
	rt_get write_rollback "$1" "$2"
	rt_mark_env=$3/$2.undo.
	rt_log=logs/$4.rollback.log
	rt_mark_log=$rt_dir/$rt_log
	{
		rt_child_enter "$4"
		exec sh "../rollback/$4.sh"
	} </dev/null >"$rt_log" 2>&1 &
	rt_child=$!
	rt_child_wait
	rt_undo_status=$rt_status
	rt_point
	[ "$rt_status" -ne 0 ] || return 0
	rt_process_end
	rt_warn "the rollback of step $4 failed (exit $rt_status)"
	rt_log_tail
}

# rt_undo_report: the last line of a rollback, and its exit code; for the
# other verbs it returns where all is well.
rt_undo_report() {
	[ -z "$rt_signal" ] ||
		rt_die "$((128 + rt_signal))" "ended by signal $rt_signal" \
			"Go on with: $rt_call rollback"
	[ -z "$rt_undo_kept" ] ||
		rt_die "$RT_PARTIAL" "some state files could not be put back" \
			"Steps:$rt_undo_kept" \
			"Mend the cause, then: $rt_call rollback"
	if [ -n "$rt_undo_failed" ]; then
		set --
		for rt_word in $rt_undo_failed; do
			case " $* " in *"/$rt_word.sh "*) continue ;; esac
			set -- ${1+"$@"} "sh $rt_dir/rollback/$rt_word.sh"
		done
		rt_die "$RT_PARTIAL" "undo commands failed:$rt_undo_failed" \
			"All else was undone. Mend the cause, then run:" "$@"
	fi
	[ "$rt_verb" = rollback ] || return 0
	if [ "$rt_undone" -eq 0 ]; then
		rt_say "there is nothing to roll back"
	else
		rt_say "$RT_NAME: steps undone: $rt_undone"
	fi
	rt_event rollback_completed "#undone" "$rt_undone" "#exit_code" 0
	rt_exit 0
}
