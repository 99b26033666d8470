# module: rollback
# provides: rt_verb_rollback rt_undo_all rt_undo_report
# requires: folder store state step history report

# rt_verb_rollback: undoes the last checkpoint; with --to STEP all that
# came after STEP; with --full everything. What is to be undone is marked
# in one transaction first: a rollback that is killed goes on from there.
rt_verb_rollback() {
	if ! rt_folder_has; then
		[ -z "$rt_to" ] || rt_plan_find "$rt_to"
		rt_say "there is nothing to roll back: $RT_NAME has no run here"
		rt_exit 0
	fi
	rt_history_open
	rt_rollback_set
	if [ -n "$rt_set" ]; then
		rt_rollback_boundary
		rt_store_ask "UPDATE step_checkpoints SET undoing=2
WHERE attempt>0 AND status<>'rolled_back' AND ($rt_set);"
	fi
	rt_event rollback_started
	rt_undo_all
	rt_rollback_close
	rt_undo_report
}

# rt_rollback_close: what each run is after the undo.
rt_rollback_close() {
	rt_word=
	[ -z "$rt_full" ] || [ -n "$rt_signal" ] || rt_word='OR 1'
	rt_store_ask "UPDATE installer_runs SET
ended_at=coalesce(ended_at,$RT_NOW),status=CASE WHEN EXISTS (
SELECT 1 FROM step_checkpoints s WHERE s.run=installer_runs.run
AND attempt>0 AND s.status<>'rolled_back') THEN 'aborted'
ELSE 'rolled_back' END WHERE status<>'rolled_back' AND (EXISTS (
SELECT 1 FROM step_checkpoints s WHERE s.run=installer_runs.run
AND s.status='rolled_back') $rt_word);"
}

# rt_rollback_set: sets rt_set to the SQL condition for the steps that are
# to be undone, empty where only a rollback begun before goes on.
rt_rollback_set() {
	rt_set=
	if [ -n "$rt_full" ]; then
		rt_set=1
	elif [ -n "$rt_to" ]; then
		rt_rollback_to
	else
		rt_store_ask "SELECT count(*) FROM step_checkpoints WHERE undoing>1;"
		if [ "$RT_REPLY" -gt 0 ]; then
			rt_say "going on with a rollback that was stopped"
			return 0
		fi
		rt_store_ask "SELECT run||' '||ord||' '||seq FROM step_checkpoints
WHERE checkpoint AND attempt>0 AND status='completed'
ORDER BY seq DESC LIMIT 1;"
		if [ -n "$RT_REPLY" ]; then
			# shellcheck disable=SC2086 # three numbers
			set -- $RT_REPLY
			rt_set="run>$1 OR run=$1 AND ord>=$2"
		else
			rt_set=1
		fi
	fi
}

# rt_rollback_to: the condition for all that came after the step --to.
rt_rollback_to() {
	rt_text_sql "$rt_to"
	rt_store_ask "SELECT run||' '||ord||' '||coalesce(seq,0)||' '||
(status IN ('completed','skipped') AND NOT undoing) FROM step_checkpoints
WHERE step=$RT_REPLY AND run=${rt_run:-0};"
	[ -n "$RT_REPLY" ] ||
		rt_die "$RT_USAGE" "there is no step $rt_to to roll back to" \
			"List the checkpoints with: $rt_call resume --list"
	# shellcheck disable=SC2086 # four numbers
	set -- $RT_REPLY
	[ "$4" -eq 1 ] ||
		rt_die "$RT_USAGE" "cannot roll back to $rt_to: it is not completed" \
			"Nothing was changed." \
			"List the checkpoints with: $rt_call resume --list"
	rt_set="run=$1 AND ord>$2 OR run>$1 OR run<$1 AND seq>$3"
}

# rt_rollback_boundary: a rollback does not cross an irreversible step.
rt_rollback_boundary() {
	[ -z "$rt_force" ] || return 0
	rt_store_ask "SELECT step FROM step_checkpoints WHERE irreversible
AND attempt>0 AND status<>'rolled_back' AND ($rt_set)
ORDER BY run DESC,ord DESC LIMIT 1;"
	[ -z "$RT_REPLY" ] ||
		rt_die "$RT_USAGE" "step $RT_REPLY is irreversible" \
			"Nothing was changed. Undo only what came after it with:" \
			"$rt_call rollback --to $RT_REPLY" \
			"or cross it all the same with --force"
}

# rt_undo_all: undoes each step that is marked, the last one first. Sets
# rt_undone, rt_undo_failed and rt_undo_kept.
rt_undo_all() {
	rt_undone=0 rt_undo_failed='' rt_undo_kept=''
	while [ -z "$rt_signal" ]; do
		rt_store_ask "SELECT s.run||' '||s.ord||' '||s.attempt||' '||
(s.rollback IS NOT NULL)||' '||r.id||' '||s.step FROM step_checkpoints s
JOIN installer_runs r ON r.run=s.run WHERE s.undoing>0
ORDER BY s.run DESC,s.ord DESC LIMIT 1;"
		[ -n "$RT_REPLY" ] || break
		# shellcheck disable=SC2086 # six words, none with a blank
		rt_undo_step $RT_REPLY
	done
	rt_store_ask "UPDATE step_checkpoints SET undoing=-undoing
WHERE undoing<0;"
}

# rt_undo_step RUN ORD ATTEMPT HAS_ROLLBACK RUN_ID STEP: keeps a person's
# edits, runs the author's commands, puts the state files back, and
# records it.
rt_undo_step() {
	rt_event step_rollback_started step "$6" "#ord" "$2"
	rt_state_load "$1" "$2"
	rt_state_keep_edits "$6"
	rt_undo_status=0
	if [ "$4" -eq 1 ]; then
		rt_undo_script "$1" "$2" "$3" "$5" "$6"
		[ -z "$rt_signal" ] || return 0
	fi
	if rt_state_restore "$6"; then
		rt_seq=$((rt_seq + 1))
		rt_undo_mark="status='rolled_back',undoing=0,seq=$rt_seq"
	else
		# Below 0: not tried again in this call, but in the next.
		rt_undo_mark='undoing=-abs(undoing)'
		rt_undo_kept="$rt_undo_kept $6"
	fi
	rt_store_ask "UPDATE step_checkpoints SET $rt_undo_mark,
ended_at=$RT_NOW WHERE run=$1 AND ord=$2;
SELECT (SELECT writefile(state_path,state) FROM derived
WHERE run=$1 AND ord=$2 AND EXISTS (SELECT 1 FROM step_checkpoints
WHERE run=$1 AND ord=$2 AND checkpoint));"
	rt_undone=$((rt_undone + 1))
	if [ "$rt_undo_status" -eq 0 ]; then
		rt_say "undone: $6"
	else
		rt_undo_failed="$rt_undo_failed $6"
	fi
	rt_event step_rolled_back step "$6" "#ord" "$2" \
		"#exit_code" "$rt_undo_status"
}

# rt_undo_script RUN ORD ATTEMPT RUN_ID STEP: runs rollback/STEP.sh, written
# anew from the store, as a person would by hand.
rt_undo_script() {
	rt_store_ask "SELECT writefile(rollback_path,rollback_text)
FROM derived WHERE run=$1 AND ord=$2;"
	case $RT_REPLY in
	'' | *[!0-9]*)
		rt_die "$RT_STORE" "rollback/$5.sh cannot be written" \
			"It is in $rt_dir: is the disk full?"
		;;
	esac
	rt_mark_env=$4/$2.undo.
	rt_log=logs/$5.rollback.log
	rt_mark_log=$rt_dir/$rt_log
	(
		rt_child_enter "$5"
		exec sh "../rollback/$5.sh"
	) </dev/null >"$rt_log" 2>&1 3>&- 4<&- &
	rt_child=$!
	rt_child_wait
	rt_undo_status=$rt_status
	[ "$rt_status" -ne 0 ] || return 0
	rt_process_end
	rt_warn "the rollback of step $5 failed (exit $rt_status)"
	rt_log_tail
	printf '  log: %s\n' "$rt_dir/$rt_log" >&2
}

# rt_undo_report: the last line of a rollback, and its exit code; for the
# other verbs it returns where all is well.
rt_undo_report() {
	if [ -n "$rt_signal" ]; then
		rt_die "$((128 + rt_signal))" "the rollback was ended by a signal" \
			"Go on with: $rt_call rollback"
	fi
	if [ -n "$rt_undo_kept" ]; then
		rt_die "$RT_PARTIAL" "some state files could not be put back" \
			"Steps:$rt_undo_kept" "Mend the cause, then: $rt_call rollback"
	fi
	if [ -n "$rt_undo_failed" ]; then
		for rt_word in $rt_undo_failed; do
			set -- "$@" "run by hand: sh $rt_dir/rollback/$rt_word.sh"
		done
		rt_die "$RT_PARTIAL" "some undo commands failed:$rt_undo_failed" \
			"All else was undone. Mend the cause, then" "$@"
	fi
	[ "$rt_verb" = rollback ] || return 0
	if [ "$rt_undone" -eq 0 ]; then
		rt_say "there is nothing to roll back"
	else
		rt_say "$RT_NAME: $rt_undone steps undone"
	fi
	rt_event rollback_completed "#undone" "$rt_undone" "#exit_code" 0
	rt_exit 0
}
