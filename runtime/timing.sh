# module: timing
# provides: rt_timing
# requires: base run progress step report timeout failure inspect

# rt_timing LIMIT TEXT DELAYS JITTER ACTION KEEP MESSAGE FUNCTION LINE: the
# line of the plan, LINE, for FUNCTION. When it is to run, the step has LIMIT
# seconds, TEXT to people; its tries are one more than DELAYS, each made up
# to JITTER percent longer or shorter; and ACTION is what its failure does,
# with MESSAGE; KEEP is 1 where its state files are kept before the undo.
rt_timing() {
	rt_limit=$1 rt_limit_text=$2 rt_delays=$3 rt_jitter=$4
	rt_action=$5 rt_keep=$6 rt_message=$7
	shift 7
	case $1 in
	rt_run_step)
		shift
		rt_failure_blocked "$1" "$2" "$7"
		[ -z "$rt_blocked_by" ] || return 0
		rt_try=rt_timing_try rt_tried=
		rt_run_step "$@"
		rt_try=
		# Its preconditions do not hold: there is nothing to try.
		[ "$rt_stop$rt_tried" != failed ] || rt_failure "$2"
		;;
	rt_plan_step)
		"$@"
		rt_timing_plan "$3"
		;;
	*) "$@" ;;
	esac
}

# rt_timing_plan ID: what plan says of it, below the step's own line.
rt_timing_plan() {
	[ "$rt_do" = run ] || return 0
	rt_timing_count
	rt_event plan_timing step "$1" "#timeout" "$rt_limit" \
		"#tries" "$rt_chances" on_failure "$rt_action"
	rt_word=
	[ -z "$rt_limit" ] || rt_word="timeout $rt_limit_text, "
	[ "$rt_chances" -eq 1 ] || rt_word="$rt_word$rt_chances tries, "
	case $rt_action in
	continue) rt_word="${rt_word}a failure is passed over, " ;;
	abort) rt_word="${rt_word}a failure rolls the run back, " ;;
	esac
	[ -z "$rt_word" ] || rt_say "        ${rt_word%, }"
}

# rt_timing_count: sets rt_chances to how many tries are left, this one
# included.
rt_timing_count() {
	# shellcheck disable=SC2086 # a list of numbers
	set -- $rt_delays
	rt_chances=$(($# + 1))
}

# rt_timing_try: takes the plan's line of a step: tries it until it completes
# or its tries are used up. Each is an attempt with a log and a record of its
# own; the state files' pre-images are those of the first.
rt_timing_try() {
	rt_tried=1
	rt_progress_begin "$@"
	while :; do
		rt_timing_exec "$@"
		[ "$rt_status" -ne 0 ] || break
		[ -n "$rt_delays" ] || rt_failure_keep "$1" "$2"
		rt_progress_failed "$@"
		rt_timing_again "$1" "$2"
		if [ -z "$rt_again" ]; then
			rt_failure "$2"
			return 0
		fi
		rt_attempt=$((rt_attempt + 1))
		# Without its state files: their records are there.
		rt_progress_begin "$1" "$2" "$3" "$4" "$5" "$6" "$7" --
	done
	rt_progress_done "$@"
}

# rt_timing_exec: takes the plan's line of a step: runs it once, no longer
# than it may. Sets rt_status.
rt_timing_exec() {
	# The token of an earlier try says nothing of this one.
	[ -z "$RT_MKSH" ] || rm -f "$rt_fifo/token.$1"
	[ -z "$rt_limit" ] || rt_forked=rt_timeout_start
	rt_step_exec "$1" "$2" "$3" "$4" "$5"
	rt_forked=
	[ -z "$rt_limit" ] || rt_timeout_stop "$2"
	case $5 in *e*) "export_$3" ;; esac
}

# rt_timing_again ORD ID: behind a failure: sets rt_again where there is
# another try, after its delay. Neither a signal nor a step that could not be
# undone has one.
rt_timing_again() {
	rt_again=
	[ -n "$rt_delays" ] && [ -z "$rt_signal" ] || return 0
	case $rt_stop in
	failed) ;;
	undone) [ -z "$rt_undo_failed$rt_undo_kept" ] || return 0 ;;
	*) return 0 ;;
	esac
	rt_timing_count
	rt_delay=${rt_delays%% *}
	case $rt_delays in
	*' '*) rt_delays=${rt_delays#* } ;;
	*) rt_delays= ;;
	esac
	[ "$rt_jitter" -eq 0 ] || rt_timing_jitter
	rt_say "[$1/$RT_STEPS] $2: trying again in $rt_delay s" \
		"(tries left: $((rt_chances - 1)))"
	rt_event step_retry step "$2" "#ord" "$1" \
		"#attempt" "$((rt_attempt + 1))" "#delay" "$rt_delay"
	rt_timing_wait
	rt_failure_signal
	[ -n "$rt_signal" ] || rt_stop='' rt_again=1
}

# rt_timing_jitter: makes rt_delay longer or shorter, by chance.
rt_timing_jitter() {
	rt_word=$(od -An -N2 -tu2 /dev/urandom 2>/dev/null | tr -d ' \n')
	rt_spread=$((rt_delay * rt_jitter / 100))
	rt_delay=$((rt_delay - rt_spread + \
		${rt_word:-$$} % (2 * rt_spread + 1)))
}

# rt_timing_wait: waits rt_delay seconds, as a child: a signal ends it.
rt_timing_wait() {
	[ "$rt_delay" -gt 0 ] || return 0
	rt_timing_sleep </dev/null >/dev/null 2>&1 &
	rt_child=$!
	rt_child_wait
}

# rt_timing_sleep: in the child: does not outlive the script by more than
# a second.
rt_timing_sleep() {
	trap - INT TERM HUP QUIT PIPE
	exec 3>&- 4<&- 8<&-
	while [ "$rt_delay" -gt 0 ] && kill -0 "$$"; do
		sleep 1
		rt_delay=$((rt_delay - 1))
	done
}
