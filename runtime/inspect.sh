# module: inspect
# provides: rt_verb_plan rt_verb_logs rt_verb_verify rt_verify_all
# provides: rt_plan_step rt_verify_step
# requires: base step status store query drift report text

# rt_verb_plan: what would run, in order, and why. Changes nothing.
rt_verb_plan() {
	rt_runs=' ' rt_gone=
	if rt_status_open && [ -z "$rt_fresh" ]; then
		rt_list rt_plan_row plan "$rt_run"
		[ "$rt_run_status" = completed ] || rt_drift_find
	fi
	rt_say "$RT_NAME $RT_VERSION: the plan, in order; state in $rt_dir"
	for rt_word in $RT_PREFLIGHT; do "$rt_word" plan; done
	waymark_plan rt_plan_step
	rt_exit 0
}

# rt_plan_row LINE: what the store says of a step.
rt_plan_row() {
	rt_rows="$rt_rows$RT_NL$1|"
}

# rt_plan_step: takes the plan's line of a step; says what would be done.
rt_plan_step() {
	rt_why='not run yet' rt_do=run
	case $rt_rows in
	*"$RT_NL$2|"*)
		rt_word=${rt_rows#*"$RT_NL$2|"}
		rt_word=${rt_word%%"$RT_NL"*}
		case $rt_word in
		*"|$6|1|") rt_do=skip rt_why=settled ;;
		"pending|$6|0|") ;;
		completed"|$6|0|")
			rt_why=completed
			[ "$rt_run_status$rt_old_plan" != \
				"completed$RT_FINGERPRINT" ] || rt_do=skip
			;;
		*"|$6|0|") rt_why=${rt_word%%"|"*} ;;
		*) rt_why='changed since it ran' ;;
		esac
		;;
	esac
	case " $rt_gone " in
	*" $2 "*) rt_do=run rt_why='a state file is missing' ;;
	esac
	for rt_word in $7; do
		case $rt_runs$rt_do in
		*" $rt_word "*skip) rt_do=run rt_why="depends on $rt_word" ;;
		esac
	done
	case $5 in *w*) "gate_$3" plan "$@" ;; esac
	[ "$rt_do" = skip ] || rt_runs="$rt_runs$2 "
	rt_event plan_step step "$2" "#ord" "$1" action "$rt_do" why "$rt_why"
	case $5 in *c*) rt_why="$rt_why; checkpoint" ;; esac
	case $5 in *a*) rt_why="$rt_why; atomic" ;; esac
	rt_text_line "$4"
	[ -z "$rt_json" ] || return 0
	rt_print "  [$1/$RT_STEPS] $rt_do  $2: $RT_REPLY ($rt_why)"
	case $5 in
	*i*) rt_print "        point of no return: no rollback past $2" ;;
	esac
}

# rt_verb_logs: the newest log of rt_step, or of the last that ran.
rt_verb_logs() {
	rt_status_open ||
		rt_die "$RT_USAGE" "there are no logs: $RT_NAME has no run here"
	rt_get log "$rt_step"
	[ -n "$RT_REPLY" ] ||
		rt_die "$RT_USAGE" "there is no log yet${rt_step:+ of $rt_step}"
	# shellcheck disable=SC2086 # four words, none with a blank
	set -- $RT_REPLY
	rt_run=$1
	rt_child_mark "$2" "$4" "$3"
	rt_say "step $4: $rt_mark_log"
	cat "$rt_log" || rt_die "$RT_FAILED" "the log cannot be read"
	rt_exit 0
}

# rt_verb_verify: runs all verification commands again.
rt_verb_verify() {
	rt_status_open ||
		rt_die "$RT_USAGE" "nothing to verify: $RT_NAME has no run here"
	rt_verify_all
	[ "$rt_bad" -eq 0 ] ||
		rt_die "$RT_FAILED" "steps that fail: $rt_bad of $rt_count"
	rt_say "$RT_NAME: $rt_count steps verified"
	rt_exit 0
}

# rt_verify_all: verifies each step that has something to verify. Sets
# rt_count and rt_bad.
rt_verify_all() {
	rt_count=0 rt_bad=0 rt_attempt=0
	waymark_plan rt_verify_step
}

# rt_verify_step: takes the plan's line of a step.
rt_verify_step() {
	case $5 in *v*) ;; *) return ;; esac
	case $5 in *w*) "gate_$3" verify "$@" && return ;; esac
	rt_count=$((rt_count + 1))
	rt_child_mark "$1" "$2" verify
	rt_output=$(
		exec </dev/null 2>&1
		rt_child_enter "$2"
		rt_verify_bad=
		"verify_$3"
		[ -z "$rt_verify_bad" ]
	)
	rt_status=$?
	if [ "$rt_status" -eq 0 ]; then
		rt_say "[$1/$RT_STEPS] $2: verified"
	else
		rt_bad=$((rt_bad + 1))
		rt_say "[$1/$RT_STEPS] $2: FAILED"
		rt_warn "step $2 does not pass its verification"
		printf '%s\n' "$rt_output" | rt_quote_lines
	fi
	rt_event verified step "$2" "#ord" "$1" "#exit_code" "$rt_status"
}
