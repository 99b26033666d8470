# module: progress
# provides: rt_progress_begin rt_progress_done rt_progress_failed
# provides: rt_progress_flush rt_progress_line
# requires: base store query state process rollback step report text

# rt_progress_begin: takes the plan's line of a step: the durable record
# that it is running, in one transaction with the completion of the step
# before. Where it has state files, their pre-images are saved first.
rt_progress_begin() {
	rt_state_sql=
	if [ $# -gt 8 ]; then
		rt_progress_flush ''
		rt_progress_state "$@"
	fi
	rt_seq=$((rt_seq + 1))
	rt_q start "$rt_run" "$1" "$rt_attempt" "$rt_seq"
	rt_progress_flush "$rt_state_sql$RT_REPLY" "$1"
	rt_text_line "$4"
	[ -n "$rt_tty" ] || rt_say "[$1/$RT_STEPS] $2: $RT_REPLY"
	rt_event step_started step "$2" "#ord" "$1" "#of" "$RT_STEPS" \
		"#attempt" "$rt_attempt"
}

# rt_progress_state: takes the plan's line of a step. What a person changed
# since the step last completed, in this run or before, is kept. The first
# pre-image of a run stays, however often a step is tried.
rt_progress_state() {
	rt_snapshot='' rt_ord=$1 rt_id=$2
	case $5 in *s*) rt_snapshot=1 ;; esac
	shift 8
	if [ -n "$rt_earlier" ]; then
		rt_get prior "$rt_id"
		# What an attempt of this run did is no edit of a person's.
		if [ -n "$RT_REPLY" ] && { [ "$rt_attempt" -eq 1 ] ||
			[ "${RT_REPLY% *}" = "$rt_run" ]; }; then
			rt_state_load "${RT_REPLY% *}" "${RT_REPLY#* }"
			rt_state_keep_edits "$rt_id"
		fi
		rt_state_load "$rt_run" "$rt_ord"
		if [ "$rt_attempt" -gt 1 ] && [ "$rt_paths" -gt 0 ]; then
			rt_q state_forget "$rt_run" "$rt_ord"
			rt_state_sql=$RT_REPLY
			return 0
		fi
	fi
	rt_state_paths "$@"
	rt_state_before "$rt_ord" "$rt_id"
	rt_state_sql=$RT_REPLY
}

# rt_progress_flush REQUEST [ORD]: one durable transaction: the completion that
# is still to be written, and REQUEST, which begins step ORD. Behind the answer,
# while the run goes on, sqlite3 writes the rollback of ORD and the state
# file of the completed step: both are derived, and written again where they
# are missing. Then the completion is reported.
rt_progress_flush() {
	[ -n "$rt_pending_sql$1" ] || return 0
	rt_q begin
	rt_sql=$RT_REPLY$rt_pending_sql$1
	rt_q commit
	rt_sql=$rt_sql$RT_REPLY
	rt_q duration "$rt_run" "${rt_pending_ord:-0}"
	rt_store_ask "$rt_sql$RT_REPLY"
	rt_time=$RT_REPLY rt_sql=
	if [ $# -gt 1 ]; then
		rt_q write_rollback "$rt_run" "$2"
		rt_sql=$RT_REPLY
	fi
	if [ -n "$rt_pending_checkpoint" ]; then
		rt_q write_state "$rt_run" "$rt_pending_ord"
		rt_sql=$rt_sql$RT_REPLY
	fi
	[ -z "$rt_sql" ] || rt_store_send "$rt_sql"
	rt_pending_sql='' rt_pending_checkpoint=
	[ -n "$rt_pending_ord" ] || return 0
	rt_event step_completed step "$rt_pending_id" "#ord" \
		"$rt_pending_ord" "#duration_ms" "$rt_time" \
		${rt_said:+result "$rt_said"}
	rt_duration "$rt_time"
	rt_progress_line ok "$rt_pending_ord" "$rt_pending_id" \
		"$rt_pending_name" "$RT_REPLY${rt_said:+, $rt_said}"
	rt_pending_ord=
}

# rt_progress_line ok|bad ORD ID NAME [TIME]: the line of a step that ended.
rt_progress_line() {
	if [ -n "$rt_tty" ]; then
		rt_text_line "$4"
		rt_word=$RT_REPLY
		rt_mark "$1"
		rt_say "$RT_REPLY [$2/$RT_STEPS] $rt_word $rt_dim${5-}$rt_off"
	elif [ "$1" = ok ]; then
		rt_say "[$2/$RT_STEPS] $3: completed ($5)"
	else
		rt_say "[$2/$RT_STEPS] $3: FAILED"
	fi
}

# rt_progress_done: takes the plan's line of a step that succeeded; its
# record is written with what follows, or at once for a terminal's reader.
rt_progress_done() {
	rt_pending_ord=$1 rt_pending_id=$2 rt_pending_name=$4
	rt_pending_checkpoint='' rt_said=
	case $5 in *c*) rt_pending_checkpoint=1 ;; esac
	case $5 in *y*) read -r rt_said <"$rt_fifo/said" ;; esac
	unset -f "step_$3"
	rt_seq=$((rt_seq + 1))
	rt_q complete "$rt_run" "$1" "$rt_seq"
	rt_pending_sql=$RT_REPLY$rt_also rt_also=
	if [ $# -gt 8 ]; then
		shift 8
		rt_state_paths "$@"
		rt_state_after "$rt_pending_ord"
		rt_pending_sql=$rt_pending_sql$RT_REPLY
	fi
	[ -z "$rt_tty" ] || rt_progress_flush ''
}

# rt_progress_failed: takes the plan's line of a step that failed: ends
# what it left running, records it, and undoes an atomic step.
rt_progress_failed() {
	rt_stop=failed rt_failed_step=$2 rt_atomic=0
	# The signal is dealt with; a second one would stop the undo.
	[ -z "$rt_signal" ] ||
		rt_stop=signal rt_ended_by=$rt_signal rt_signal=
	rt_process_end
	case $5 in *a*) rt_atomic=1 ;; esac
	rt_seq=$((rt_seq + 1))
	rt_q fail "$rt_run" "$1" "$rt_seq" "$rt_atomic" "$rt_status"
	rt_progress_flush "$RT_REPLY"
	rt_progress_line bad "$1" "$2" "$4"
	rt_event step_failed step "$2" "#ord" "$1" \
		"#exit_code" "$rt_status" log "$rt_dir/$rt_log"
	rt_word="exit $rt_status"
	[ "$rt_status" -le 128 ] || rt_word="signal $((rt_status - 128))"
	rt_warn "step $2 failed ($rt_word)"
	rt_log_tail
	[ "$rt_atomic" -eq 1 ] || return 0
	[ "$rt_stop" = signal ] || rt_stop=undone
	rt_undo_all
}
