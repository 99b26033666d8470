# module: gate
# provides: rt_gate rt_when rt_unless
# requires: base query state progress process step report text

# What is asked before a step begins: its when and unless, and then its
# preconditions, in a child of their own with the step's environment.

# rt_gate WHEN REQUIRE [plan|verify] ORD ID ...: WHEN and REQUIRE are the
# functions that ask, or empty; then the plan's line of the step. True where
# the step is passed over. For plan it sets rt_do and rt_why instead.
rt_gate() {
	rt_gate_when=$1 rt_gate_require=$2 rt_gate_for=$3
	shift 2
	case $rt_gate_for in
	plan | verify) shift ;;
	*) rt_gate_for=run ;;
	esac
	"rt_gate_$rt_gate_for" "$@"
}

# rt_gate_run: takes the plan's line of a step: asks, and records an answer
# for which the step does not begin. True where it does not.
rt_gate_run() {
	! rt_gate_begun "$2" "$rt_run" || rt_gate_when=
	[ -n "$rt_gate_when$rt_gate_require" ] || return 1
	# What completed is on record before anything else runs.
	rt_progress_flush ''
	rt_child_mark "$1" "$2" "$rt_attempt"
	# A call that was killed can have left what it asked.
	[ -z "$rt_earlier" ] || rt_process_end
	rt_gate_answer=$rt_fifo/gate.$1
	{
		rt_child_enter "$2"
		rt_gate_child
	} </dev/null >"$rt_log" 2>&1 &
	rt_child=$!
	rt_child_wait
	if [ -n "$rt_signal" ]; then
		rt_stop=signal rt_ended_by=$rt_signal
		return 0
	fi
	rt_verdict=
	{ read -r rt_verdict <"$rt_gate_answer"; } 2>/dev/null
	case $rt_verdict in
	begin) return 1 ;;
	'when '* | 'unless '*) rt_gate_skip "$@" ;;
	*) rt_gate_failed "$@" ;;
	esac
	return 0
}

# rt_gate_child: in the child: asks all, and leaves the answer in a file: a
# child that was killed can seem to have ended well in mksh.
rt_gate_child() {
	[ -z "$rt_gate_when" ] || "$rt_gate_when"
	rt_verify_bad='' rt_conditions=precondition
	[ -z "$rt_gate_require" ] || "$rt_gate_require"
	[ -z "$rt_verify_bad" ] || rt_gate_end refuse
	rt_gate_end begin
}

# rt_gate_end ANSWER: in the child: its end.
rt_gate_end() {
	printf '%s\n' "$1" >"$rt_gate_answer"
	exit
}

# rt_when COMMAND: the step is skipped where COMMAND does not exit with 0;
# rt_unless COMMAND: where it does. For plan they are named.
rt_when() {
	rt_gate_ask when "$1"
	[ "$rt_status" -eq 0 ] || rt_gate_end "when $rt_status"
}
rt_unless() {
	rt_gate_ask unless "$1"
	[ "$rt_status" -ne 0 ] || rt_gate_end 'unless 0'
}

# rt_gate_ask when|unless COMMAND: runs it; sets rt_status. For plan it is
# added to rt_why, and rt_status is left so that the other one follows.
rt_gate_ask() {
	if [ "$rt_gate_for" = plan ]; then
		rt_text_line "${2%%"$RT_NL"*}"
		rt_why="$rt_why; $1: $RT_REPLY" rt_status=0
		[ "$1" = when ] || rt_status=1
		return 0
	fi
	printf '%s: %s\n' "$1" "$2"
	rt_ask=$2
	set --
	(eval "$rt_ask$RT_NL")
	rt_status=$?
}

# rt_gate_begun STEP RUN: true where the step is not asked again: it has
# begun in RUN, or was left unfinished in one below, and was not undone. To
# skip it then would leave it half done.
rt_gate_begun() {
	[ -n "$rt_earlier" ] || [ "$rt_gate_for" = plan ] || return 1
	rt_get log "$1"
	rt_gate_of=$2
	# shellcheck disable=SC2086 # four words, none with a blank
	set -- $RT_REPLY
	[ "${3:-0}" -gt 0 ] || return 1
	rt_get step_json "$1" "$2"
	case $RT_REPLY in
	*'"status":"rolled_back"'*) return 1 ;;
	*'"status":"running"'* | *'"status":"failed"'*) return 0 ;;
	esac
	[ "$1" = "$rt_gate_of" ]
}

# rt_gate_declined STEP: true where the run on record skipped the step by its
# condition: it has a start, and a step that an older run settled has none.
rt_gate_declined() {
	rt_get undo_target "$rt_run" "$1"
	case $RT_REPLY in '' | 0) return 1 ;; esac
	RT_REPLY=${RT_REPLY#* }
	rt_get step_json "$rt_run" "${RT_REPLY%% *}"
	case $RT_REPLY in
	*'"status":"skipped"'*'"started_at":"'*) return 0 ;;
	esac
	return 1
}

# rt_gate_record ORD ID ATTEMPT: RT_REPLY is the request that the step began
# and ended in this moment with nothing of it run. ATTEMPT is what counts of
# it: 0 where nothing of it is on the host. Its log becomes that one's.
rt_gate_record() {
	rt_gate_log=$rt_log
	rt_child_mark "$1" "$2" "$3"
	if [ "$3" -eq 0 ]; then
		mv -f "$rt_gate_log" "$rt_log"
	else
		cat "$rt_gate_log" >>"$rt_log" && rm -f "$rt_gate_log"
	fi
	rt_seq=$((rt_seq + 1))
	rt_q start "$rt_run" "$1" "$3" "$rt_seq"
}

# rt_gate_skip: takes the plan's line of a step that its condition skips: the
# record of it, and the line that says so.
rt_gate_skip() {
	rt_gate_record "$1" "$2" 0
	rt_gate_sql=$RT_REPLY
	rt_q state_forget "$rt_run" "$1"
	rt_gate_sql=$rt_gate_sql$RT_REPLY
	rt_q skip "$rt_run" "$1"
	rt_progress_flush "$rt_gate_sql$RT_REPLY"
	[ -z "$rt_verbose" ] || [ -n "$rt_json" ] || cat "$rt_log"
	rt_word="${rt_verdict% *}: exit ${rt_verdict#* }"
	if [ -n "$rt_tty" ]; then
		rt_text_line "$4"
		rt_say "- [$1/$RT_STEPS] $RT_REPLY" \
			"${rt_dim}skipped ($rt_word)$rt_off"
	else
		rt_say "[$1/$RT_STEPS] $2: skipped ($rt_word)"
	fi
	rt_event step_skipped step "$2" "#ord" "$1" reason condition \
		condition "${rt_verdict% *}" "#exit_code" "${rt_verdict#* }"
}

# rt_sql_skip RUN ORD: a step that just began is skipped instead, in SQL.
rt_sql_skip() {
	RT_REPLY="UPDATE step_checkpoints SET status='skipped',
ended_at=$RT_NOW WHERE run=$1 AND ord=$2;"
}

# rt_gate_failed: takes the plan's line of a step whose preconditions do not
# hold, or could not be asked: it failed, and nothing of it was run.
rt_gate_failed() {
	rt_stop=failed rt_failed_step=$2 rt_why=precondition
	rt_word='its preconditions do not hold'
	[ "$rt_verdict" = refuse ] || {
		rt_why=unasked
		rt_word="what it asks first was ended (status $rt_status)"
	}
	rt_process_end
	rt_gate_attempt=$((rt_attempt - 1))
	if [ "$rt_gate_attempt" -gt 0 ]; then
		rt_get step_json "$rt_run" "$1"
		case $RT_REPLY in
		*'"status":"rolled_back"'*) rt_gate_attempt=0 ;;
		esac
	fi
	rt_gate_record "$1" "$2" "$rt_gate_attempt"
	rt_gate_sql=$RT_REPLY
	rt_q fail "$rt_run" "$1" "$rt_seq" 0 1
	rt_progress_flush "$rt_gate_sql$RT_REPLY"
	rt_progress_line bad "$1" "$2" "$4"
	rt_event step_failed step "$2" "#ord" "$1" "#exit_code" 1 \
		reason "$rt_why" log "$rt_mark_log"
	rt_warn "step $2 failed: $rt_word"
	rt_log_tail
	rt_hint "Nothing of the step was run."
}

# rt_gate_verify: takes the plan's line of a step. True where there is
# nothing to verify, since its condition skipped it.
rt_gate_verify() {
	rt_gate_declined "$2" || return 1
	rt_say "[$1/$RT_STEPS] $2: skipped by its condition"
	rt_event step_skipped step "$2" "#ord" "$1" reason condition
	return 0
}

# rt_gate_plan: takes the plan's line of a step: adds to rt_why what will be
# asked, or that it was. Another plan than the one on record asks again.
rt_gate_plan() {
	rt_word=$rt_run
	[ "$rt_old_plan$rt_fresh" = "$RT_FINGERPRINT" ] || rt_word=new
	if [ "$rt_do" = skip ]; then
		rt_gate_declined "$2" || return 0
		rt_why='skipped by its condition'
		[ "$rt_word" = new ] || return 0
		rt_do=run
	elif [ -n "$rt_run" ] && rt_gate_begun "$2" "$rt_word"; then
		return 0
	fi
	[ -z "$rt_gate_when" ] || "$rt_gate_when"
}
