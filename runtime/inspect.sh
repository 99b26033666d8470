# module: inspect
# provides: rt_verb_plan rt_verb_logs rt_verb_verify rt_verify_all
# requires: folder store schema history step status report

# rt_verb_plan: what would run, in order, and why. Changes nothing.
rt_verb_plan() {
	rt_have=
	if rt_status_open && [ -z "$rt_fresh" ]; then
		rt_have=1
		rt_store_each rt_plan_row "SELECT step,status,fingerprint,settled
FROM steps WHERE run=$rt_run ORDER BY ord;"
	fi
	rt_say "$RT_NAME $RT_VERSION: the plan, in order; state in $rt_dir"
	waymark_plan rt_plan_step
	rt_exit 0
}

# rt_plan_row LINE: what the store says of a step, by its id.
rt_plan_row() {
	rt_rows="$rt_rows$RT_NL$1|"
}

# rt_plan_step: takes the plan's line of a step; says what would be done.
rt_plan_step() {
	rt_why='not run yet' rt_do=run
	case $rt_rows in
	*"$RT_NL$2|"*)
		rt_line=${rt_rows#*"$RT_NL$2|"}
		rt_line=${rt_line%%"$RT_NL"*}
		rt_why=${rt_line%%"|"*}
		case $rt_line in
		*"|$6|1|") rt_do=skip rt_why='settled' ;;
		*"|$6|0|") [ "$rt_why" != pending ] || rt_why='not run yet' ;;
		*) rt_why='changed since it ran' ;;
		esac
		;;
	esac
	for rt_word in $7; do
		eval "[ \"\${rt_do_$rt_word-}\" != run ]" && continue
		[ "$rt_do" = run ] || rt_why='depends on a step that runs'
		rt_do=run
	done
	eval "rt_do_$3=\$rt_do"
	if [ -n "$rt_json" ]; then
		rt_event plan_step step "$2" "#ord" "$1" action "$rt_do" why "$rt_why"
		return
	fi
	rt_line="  [$1/$RT_STEPS] $rt_do  $2: $4 ($rt_why"
	case $5 in *c*) rt_line="$rt_line; checkpoint" ;; esac
	case $5 in *a*) rt_line="$rt_line; atomic" ;; esac
	case $5 in *i*) rt_line="$rt_line; IRREVERSIBLE" ;; esac
	rt_print "$rt_line)"
	case $5 in
	*i*) rt_print "        point of no return: no rollback past $2" ;;
	esac
}

# rt_verb_logs: the newest log of the step rt_step, or of the last that ran.
rt_verb_logs() {
	rt_status_open ||
		rt_die "$RT_USAGE" "there are no logs: $RT_NAME has no run here"
	rt_word=
	if [ -n "$rt_step" ]; then
		rt_plan_find "$rt_step"
		rt_word="AND step='$rt_step'"
	fi
	rt_store_ask "SELECT run||' '||ord||' '||attempt||' '||step FROM step_checkpoints
WHERE attempt>0 $rt_word ORDER BY run DESC,seq DESC LIMIT 1;"
	[ -n "$RT_REPLY" ] ||
		rt_die "$RT_USAGE" "there is no log yet${rt_step:+ of $rt_step}"
	# shellcheck disable=SC2086 # four words, none with a blank
	set -- $RT_REPLY
	rt_run=$1
	rt_child_mark "$2" "$4" "$3"
	rt_say "step $4: $rt_mark_log"
	cat "$rt_log" ||
		rt_die "$RT_FAILED" "the log cannot be read: $rt_mark_log"
	rt_exit 0
}

# rt_verb_verify: runs all verification commands again.
rt_verb_verify() {
	rt_status_open ||
		rt_die "$RT_USAGE" "there is nothing to verify: $RT_NAME has no run here"
	rt_verify_all
	[ "$rt_bad" -eq 0 ] ||
		rt_die "$RT_FAILED" "verification failed in $rt_bad of $rt_count steps"
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
	case $5 in
	*v*) ;;
	*) return 0 ;;
	esac
	rt_count=$((rt_count + 1))
	rt_child_mark "$1" "$2" verify
	rt_output=$(
		exec </dev/null 2>&1 3>&- 4<&-
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
		printf '%s\n' "$rt_output" |
			LC_ALL=C tr -d '\000-\010\013-\037\177' | sed 's/^/  | /' >&2
	fi
	rt_event verified step "$2" "#ord" "$1" "#exit_code" "$rt_status"
}
