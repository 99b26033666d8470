# module: run
# provides: rt_verb_run
# requires: folder store schema state step rollback history inspect

# rt_verb_run run|resume: the whole installation, from the beginning or
# from where the last attempt stopped.
rt_verb_run() {
	[ "$1" = run ] || rt_folder_has || rt_run_none
	rt_state_outside
	rt_history_open
	rt_earlier=$rt_run
	rt_run_choose "$1"
	[ "$rt_choice" != installed ] || rt_run_installed "$1"
	# The run's first transaction. A refusal in it leaves nothing behind.
	rt_store_begin_all
	if [ "$rt_choice" = again ]; then
		rt_run_reopen
	else
		rt_run_create
	fi
	rt_run_loaded=
	[ "$rt_choice" = new ] || rt_run_load
	[ -z "$rt_from" ] || rt_run_from
	rt_store_commit_all
	rt_run_begin_report
	rt_pending_sql='' rt_pending_ord='' rt_stop='' rt_ran=0
	waymark_plan rt_run_step
	rt_run_end
}

# rt_run_none: resume, where no run is.
rt_run_none() {
	rt_die "$RT_USAGE" "there is no run to resume" \
		"Start one with: $rt_call run"
}

# rt_run_choose VERB: sets rt_choice: new (nothing is installed), over (a
# new run on top of an earlier one), again (the same run goes on), or
# installed (there is nothing to do).
rt_run_choose() {
	rt_choice=new
	rt_same=
	[ "$rt_old_plan" != "$RT_FINGERPRINT" ] || rt_same=1
	if [ -z "$rt_run" ]; then
		[ "$1" = run ] || rt_run_none
	elif [ -n "$rt_fresh" ]; then
		rt_choice=new
	elif [ -n "$rt_same" ]; then
		rt_choice=again
		[ "$rt_run_status" != completed ] || [ -n "$rt_from" ] ||
			rt_choice=installed
	elif [ "$1$rt_run_status" = resumecompleted ] && [ -z "$rt_from" ]; then
		rt_choice=installed
	else
		rt_choice=over
	fi
}

# rt_run_installed VERB: says so; run verifies it as well.
rt_run_installed() {
	if [ "$1" = resume ]; then
		rt_say "$RT_NAME $rt_old_version is installed:" \
			"there is nothing to resume"
		rt_event run_completed "#exit_code" 0 note "nothing to resume"
		rt_exit 0
	fi
	rt_say "$RT_NAME $rt_old_version is installed already;" \
		"run it again with: $rt_call run --fresh"
	rt_verify_all
	if [ "$rt_bad" -gt 0 ]; then
		rt_event run_failed "#exit_code" 1 note "verification fails"
		rt_die "$RT_FAILED" "what is installed does not pass verification" \
			"Install it again with: $rt_call run --fresh"
	fi
	rt_event run_completed "#exit_code" 0 note "installed already"
	rt_exit 0
}

# rt_run_create: the rows of a new run: the whole plan with its rollback
# texts. Over an earlier run of another script, what that settled and this
# left the same is skipped.
rt_run_create() {
	rt_over=$rt_run
	rt_store_ask "SELECT coalesce(max(run),0)+1 FROM installer_runs;"
	rt_run=$RT_REPLY
	rt_text_sql "$RT_NAME"
	rt_name=$RT_REPLY
	rt_text_sql "$RT_VERSION"
	rt_store_send "INSERT INTO installer_runs
(run,id,installer,version,fingerprint,script_sha256,status,started_at)
VALUES($rt_run,strftime('%Y%m%dT%H%M%SZ','now')||'-'||
lower(hex(randomblob(3))),$rt_name,$RT_REPLY,'$RT_FINGERPRINT',
'$rt_script_sha','running',$RT_NOW);"
	waymark_plan rt_run_insert
	if [ "$rt_choice" = over ]; then
		rt_store_send "UPDATE step_checkpoints SET status='skipped',
seq=(SELECT o.seq FROM step_checkpoints o WHERE o.run=$rt_over
AND o.step=step_checkpoints.step) WHERE run=$rt_run AND EXISTS (
SELECT 1 FROM steps o WHERE o.run=$rt_over AND o.settled
AND o.step=step_checkpoints.step
AND o.fingerprint=step_checkpoints.fingerprint);"
	fi
	rt_store_ask "SELECT id FROM installer_runs WHERE run=$rt_run;"
	rt_run_id=$RT_REPLY
	[ "$rt_choice$rt_strict" = over1 ] || return 0
	rt_store_ask "SELECT group_concat(step,' ') FROM steps o
WHERE run=$rt_over AND settled AND NOT EXISTS (SELECT 1 FROM
step_checkpoints s WHERE s.run=$rt_run AND s.step=o.step
AND s.fingerprint=o.fingerprint);"
	[ -z "$RT_REPLY" ] ||
		rt_die "$RT_USAGE" "settled steps have changed: $RT_REPLY" \
			"Nothing was changed, as --strict asks. Without it they, and all" \
			"that depends on them, are run again."
}

# rt_run_insert ORD ID SYMBOL NAME FLAGS FINGERPRINT DEPENDS -- PATHS: the
# row of one step of the plan.
rt_run_insert() {
	rt_checkpoint=0 rt_atomic=0 rt_irreversible=0 rt_rollback=NULL
	case $5 in *c*) rt_checkpoint=1 ;; esac
	case $5 in *a*) rt_atomic=1 ;; esac
	case $5 in *i*) rt_irreversible=1 ;; esac
	case $5 in
	*r*)
		eval "rt_rollback=\$rollback_$3"
		rt_text_sql "$rt_rollback"
		rt_rollback=$RT_REPLY
		;;
	esac
	rt_text_sql "$4"
	rt_store_send "INSERT INTO step_checkpoints(run,ord,step,name,status,
fingerprint,checkpoint,atomic,irreversible,rollback)VALUES($rt_run,$1,
'$2',$RT_REPLY,'pending','$6',$rt_checkpoint,$rt_atomic,
$rt_irreversible,$rt_rollback);"
}

# rt_run_reopen: the same run goes on; names and rollback texts are those
# of the script that goes on with it.
rt_run_reopen() {
	rt_store_send "UPDATE installer_runs SET status='running',
ended_at=NULL,exit_code=NULL,script_sha256='$rt_script_sha'
WHERE run=$rt_run;"
	waymark_plan rt_run_refresh
}

# rt_run_refresh: takes the plan's line of a step, as rt_run_insert does.
rt_run_refresh() {
	rt_rollback=NULL
	case $5 in
	*r*)
		eval "rt_rollback=\$rollback_$3"
		rt_text_sql "$rt_rollback"
		rt_rollback=$RT_REPLY
		;;
	esac
	rt_text_sql "$4"
	rt_store_send "UPDATE step_checkpoints SET name=$RT_REPLY,
rollback=$rt_rollback WHERE run=$rt_run AND ord=$1;"
}

# rt_run_load: reads where each step stands. Sets rt_at_ORD to the number
# of attempts and rt_is_ORD to settled or not.
rt_run_load() {
	rt_store_each rt_run_row "SELECT ord||' '||attempt||' '||settled FROM steps
WHERE run=$rt_run;"
	rt_run_loaded=1
	[ "$rt_choice" = over ] || return 0
	# What depends on a changed step runs again, whether changed or not.
	rt_undo_skip=
	waymark_plan rt_run_carry
	[ -z "$rt_undo_skip" ] ||
		rt_store_ask "UPDATE step_checkpoints SET status='pending'
WHERE run=$rt_run AND ord IN (${rt_undo_skip%,});"
	rt_store_ask "INSERT OR IGNORE INTO state_files(run,ord,n,path,post_kind,
post_digest,post_mode,post_owner,post_size) SELECT $rt_run,s.ord,f.n,f.path,
f.post_kind,f.post_digest,f.post_mode,f.post_owner,f.post_size
FROM step_checkpoints s JOIN step_checkpoints o ON o.run=$rt_over
AND o.step=s.step JOIN state_files f ON f.run=o.run AND f.ord=o.ord
WHERE s.run=$rt_run AND s.status='skipped';"
}

# rt_run_row "ORD ATTEMPT SETTLED": one line of rt_run_load's answer.
rt_run_row() {
	case $1 in *[!0-9\ ]*) return 0 ;; esac
	# shellcheck disable=SC2086 # three numbers
	set -- $1
	eval "rt_at_$1=$2 rt_is_$1=$3"
}

# rt_run_carry: takes the plan's line of a step; sets rt_rerun_SYMBOL.
rt_run_carry() {
	eval "rt_settled=\$rt_is_$1"
	for rt_word in $7; do
		eval "[ -z \"\${rt_rerun_$rt_word-}\" ]" || rt_settled=0
	done
	if [ "$rt_settled" -eq 0 ]; then
		eval "rt_rerun_$3=1"
		eval "[ \"\$rt_is_$1\" -eq 0 ]" || rt_undo_skip=$rt_undo_skip$1,
		eval "rt_is_$1=0"
	fi
}

# rt_is_settled ORD: true for a step that is not run again.
rt_is_settled() {
	[ -n "$rt_run_loaded" ] || return 1
	eval "[ \"\${rt_is_$1-0}\" -eq 1 ]"
}

# rt_run_from: makes the step --from and all that come after it run again.
# All that it depends on must be settled.
rt_run_from() {
	rt_plan_find "$rt_from"
	rt_unsettled=
	waymark_plan rt_run_from_check
	[ -z "$rt_unsettled" ] ||
		rt_die "$RT_USAGE" "cannot resume from $rt_from: it depends on" \
			"$rt_unsettled" "which did not complete with a checkpoint." \
			"Continue from where the run stopped: $rt_call resume"
	rt_store_ask "UPDATE step_checkpoints SET status='pending'
WHERE run=$rt_run AND ord>=$rt_found AND status IN ('completed','skipped');"
	waymark_plan rt_run_from_reset
}

# rt_run_from_check: takes the plan's line of a step.
rt_run_from_check() {
	[ "$1" -eq "$rt_found" ] || {
		if rt_is_settled "$1"; then
			eval "rt_ready_$3=1"
		else
			eval "rt_ready_$3= rt_id_$3=\$2"
		fi
		return 0
	}
	for rt_word in $7; do
		eval "[ -n \"\${rt_ready_$rt_word-}\" ] ||
			rt_unsettled=\"\$rt_unsettled \$rt_id_$rt_word\""
	done
}

# rt_run_from_reset: takes the plan's line of a step.
rt_run_from_reset() {
	[ "$1" -lt "$rt_found" ] || eval "rt_is_$1=0"
}

# rt_run_begin_report: the first line of a run.
rt_run_begin_report() {
	rt_word="$RT_STEPS steps"
	[ "$RT_STEPS" -ne 1 ] || rt_word='1 step'
	rt_say "$RT_NAME $RT_VERSION: $rt_word, state in $rt_dir"
	case $rt_choice in
	again) rt_say "an unfinished run is there: resuming it" ;;
	over) rt_say "on top of $rt_old_version: what is the same stays" ;;
	esac
	rt_event run_started run "$rt_run_id" installer "$RT_NAME" \
		version "$RT_VERSION" dir "$rt_dir" "#steps" "$RT_STEPS"
}

# rt_run_step ORD ID SYMBOL NAME FLAGS FINGERPRINT DEPENDS -- PATHS: one
# step of the plan, called for each in order. After a failure or a signal
# the rest is passed over.
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
	rt_ran=$((rt_ran + 1))
	eval "rt_attempt=\$((\${rt_at_$1-0} + 1))"
	rt_run_step_begin "$@"
	rt_step_exec "$1" "$2" "$3" "$4" "$5"
	if [ "$rt_status" -eq 0 ]; then
		rt_run_step_done "$@"
	else
		rt_run_step_failed "$@"
	fi
}

# rt_run_step_begin: the durable record that the step is running, in one
# transaction with the completion of the step before. Where there are
# state files that is written first, and their pre-images are saved.
rt_run_step_begin() {
	rt_state_sql=
	if [ $# -gt 8 ]; then
		rt_run_flush ''
		rt_run_pre_images "$@"
	fi
	rt_seq=$((rt_seq + 1))
	rt_run_flush "${rt_state_sql}UPDATE step_checkpoints SET status='running',
attempt=$rt_attempt,seq=$rt_seq,undoing=0,started_at=$RT_NOW,
started_ms=$RT_MS,ended_at=NULL,duration_ms=NULL,exit_code=NULL
WHERE run=$rt_run AND ord=$1;" "$1"
	[ -n "$rt_tty" ] || rt_say "[$1/$RT_STEPS] $2: $4"
	rt_event step_started step "$2" "#ord" "$1" "#of" "$RT_STEPS" \
		"#attempt" "$rt_attempt"
}

# rt_run_pre_images: takes the plan's line of a step. The first pre-image
# of a run is kept, however often a step is tried; before a step that
# completed is run again, a person's edits are kept.
rt_run_pre_images() {
	rt_snapshot=
	case $5 in *s*) rt_snapshot=1 ;; esac
	rt_run_ord=$1 rt_run_step=$2
	if [ -n "$rt_earlier" ]; then
		# What the step left when it last completed, in this run or before.
		rt_store_ask "SELECT s.run||' '||s.ord FROM step_checkpoints s
WHERE s.step='$2' AND s.status<>'rolled_back' AND EXISTS (SELECT 1 FROM
state_files f WHERE f.run=s.run AND f.ord=s.ord AND f.post_kind IS NOT NULL)
ORDER BY s.run DESC LIMIT 1;"
		if [ -n "$RT_REPLY" ]; then
			rt_state_load "${RT_REPLY% *}" "${RT_REPLY#* }"
			rt_state_keep_edits "$2"
		fi
		rt_state_load "$rt_run" "$rt_run_ord"
		if [ "$rt_attempt" -gt 1 ] && [ "$rt_paths" -gt 0 ]; then
			rt_state_sql="UPDATE state_files SET post_kind=NULL
WHERE run=$rt_run AND ord=$rt_run_ord;"
			return 0
		fi
	fi
	shift 8
	rt_state_paths "$@"
	rt_state_before "$rt_run_ord" "$rt_run_step"
	rt_state_sql=$RT_REPLY
}

# rt_run_flush SQL [ORD]: one durable transaction: the completion that is
# still to be written, and SQL, which begins step ORD. The derived files
# are written behind it; then the completion is reported.
rt_run_flush() {
	[ -n "$rt_pending_sql$1" ] || return 0
	rt_run_files=
	[ -z "$rt_pending_ord" ] || rt_run_files=",(SELECT
duration_ms FROM step_checkpoints WHERE run=$rt_run AND ord=$rt_pending_ord
),(SELECT writefile(state_path,state) FROM derived
WHERE run=$rt_run AND ord=$rt_pending_ord AND $rt_pending_checkpoint)"
	[ $# -lt 2 ] || rt_run_files="$rt_run_files,(SELECT
writefile(rollback_path,rollback_text) FROM derived
WHERE run=$rt_run AND ord=$2 AND checkpoint)"
	rt_store_ask "BEGIN;$rt_pending_sql$1
COMMIT;SELECT 'ok'$rt_run_files;"
	rt_pending_sql=
	[ -z "$rt_pending_ord" ] || rt_run_report_done "$RT_REPLY"
	rt_pending_ord=
}

# rt_run_report_done "ok|MS|...": the line of a completed step.
rt_run_report_done() {
	rt_word=${1#*"|"}
	rt_word=${rt_word%%"|"*}
	rt_duration "$rt_word"
	if [ -n "$rt_tty" ]; then
		rt_time=$RT_REPLY
		rt_mark ok
		rt_say "$RT_REPLY [$rt_pending_ord/$RT_STEPS] $rt_pending_name" \
			"$rt_dim$rt_time$rt_off"
	else
		rt_say "[$rt_pending_ord/$RT_STEPS] $rt_pending_id:" \
			"completed ($RT_REPLY)"
	fi
	rt_event step_completed step "$rt_pending_id" "#ord" "$rt_pending_ord" \
		"#duration_ms" "$rt_word"
}

# rt_run_step_done: notes the completion, to be written with what follows.
rt_run_step_done() {
	rt_pending_ord=$1 rt_pending_id=$2 rt_pending_name=$4
	rt_pending_checkpoint=0
	case $5 in *c*) rt_pending_checkpoint=1 ;; esac
	rt_seq=$((rt_seq + 1))
	rt_pending_sql="UPDATE step_checkpoints SET status='completed',
seq=$rt_seq,ended_at=$RT_NOW,duration_ms=max(0,$RT_MS-started_ms),
exit_code=0 WHERE run=$rt_run AND ord=$rt_pending_ord;"
	if [ $# -gt 8 ]; then
		shift 8
		rt_state_paths "$@"
		rt_state_after "$rt_pending_ord"
		rt_pending_sql=$rt_pending_sql$RT_REPLY
	fi
	# A terminal's reader should not wait for the next step to see it.
	[ -z "$rt_tty" ] || rt_run_flush ''
}

# rt_run_step_failed: records the failure; ends what the step left running;
# undoes an atomic step.
rt_run_step_failed() {
	rt_stop=failed
	# The signal is dealt with; a second one would stop the undo.
	[ -z "$rt_signal" ] || rt_stop=signal rt_ended_by=$rt_signal rt_signal=
	rt_process_end
	rt_atomic=0
	case $5 in *a*) rt_atomic=1 ;; esac
	rt_seq=$((rt_seq + 1))
	rt_run_flush "UPDATE step_checkpoints SET status='failed',seq=$rt_seq,
undoing=$rt_atomic,ended_at=$RT_NOW,
duration_ms=max(0,$RT_MS-started_ms),exit_code=$rt_status
WHERE run=$rt_run AND ord=$1;"
	if [ -n "$rt_tty" ]; then
		rt_mark bad
		rt_say "$RT_REPLY [$1/$RT_STEPS] $4"
	else
		rt_say "[$1/$RT_STEPS] $2: FAILED"
	fi
	rt_event step_failed step "$2" "#ord" "$1" "#exit_code" "$rt_status" \
		log "$rt_dir/$rt_log"
	rt_how="exit $rt_status"
	[ "$rt_status" -le 128 ] || rt_how="signal $((rt_status - 128))"
	rt_warn "step $2 failed ($rt_how)"
	rt_log_tail
	printf '  log: %s\n' "$rt_dir/$rt_log" >&2
	rt_failed_step=$2
	if [ "$rt_atomic" -eq 1 ]; then
		[ "$rt_stop" = signal ] || rt_stop=undone
		rt_undo_all
	fi
}

# rt_run_end: the run's last transaction, its last line and its exit code,
# which tell the same.
rt_run_end() {
	case $rt_stop in
	'')
		rt_run_flush "UPDATE installer_runs SET status='completed',
ended_at=$RT_NOW,exit_code=0 WHERE run=$rt_run;"
		rt_say "$RT_NAME $RT_VERSION: completed, $rt_ran of" \
			"$RT_STEPS steps run; undo it with: $rt_call rollback --full"
		rt_event run_completed run "$rt_run_id" "#exit_code" 0
		rt_exit 0
		;;
	signal)
		rt_code=$((128 + rt_ended_by))
		rt_run_close aborted "$rt_code"
		rt_die "$rt_code" "ended by signal $rt_ended_by" \
			"Continue with: $rt_call resume" \
			"Undo with:     $rt_call rollback --full"
		;;
	undone)
		if [ -n "$rt_undo_failed$rt_undo_kept$rt_signal" ]; then
			rt_run_close failed "$RT_PARTIAL"
			rt_undo_report
		fi
		rt_run_close failed "$RT_UNDONE"
		rt_die "$RT_UNDONE" "step $rt_failed_step failed and was undone" \
			"Continue with: $rt_call resume" \
			"Undo with:     $rt_call rollback --full"
		;;
	*)
		rt_run_close failed "$RT_FAILED"
		rt_die "$RT_FAILED" "stopped at step $rt_failed_step" \
			"Continue with: $rt_call resume" \
			"Undo with:     $rt_call rollback --full"
		;;
	esac
}

# rt_run_close STATUS CODE: records how an unfinished run stopped.
rt_run_close() {
	rt_run_flush "UPDATE installer_runs SET status='$1',ended_at=$RT_NOW,
exit_code=$2 WHERE run=$rt_run;"
	rt_event run_failed run "$rt_run_id" "#exit_code" "$2"
}
