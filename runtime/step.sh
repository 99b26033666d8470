# module: step
# provides: rt_step_exec rt_child_wait rt_child_mark rt_child_enter
# provides: rt_log_tail rt_quote_lines
# requires: base process report watch

# rt_step_exec ORD ID SYMBOL NAME FLAGS: runs one step to its end, with all
# output in rt_log. Sets rt_status: 0 is success. This and its callers are
# plain commands: a condition around them would turn off the step's set -e.
rt_step_exec() {
	rt_child_mark "$1" "$2" "$rt_attempt"
	rt_watch_start "$1" "$2" "$4"
	{
		rt_child_enter "$2"
		rt_step_child "$1" "$3" "$5"
	} </dev/null >>"$rt_log" 2>&1 &
	rt_child=$!
	$rt_forked
	rt_child_wait
	rt_step_believe "$1"
	rt_watch_stop
}

# rt_child_mark ORD ID ATTEMPT: how the processes of this attempt are told
# from all others: by their environment, or by where they write.
rt_child_mark() {
	rt_mark_env=$rt_run_id/$1.$3.
	rt_log=logs/$2.$3.log
	[ "$rt_run" = 1 ] || rt_log=logs/$2.run$rt_run.$3.log
	rt_mark_log=$rt_dir/$rt_log
}

# rt_child_enter ID: in the child: the person's umask, the working folder
# and the step's environment. The store's descriptors are closed by exec: a
# redirection of the whole child would keep copies of them in some shells.
rt_child_enter() {
	exec 3>&- 4<&- 8<&- 9>&-
	trap - INT TERM HUP QUIT PIPE
	umask "$rt_umask"
	cd "$rt_dir/work" || exit 1
	WAYMARK_STEP=$1 WAYMARK_DIR=$rt_dir WAYMARK_WORK=$rt_dir/work
	WAYMARK_PWD=$rt_pwd WAYMARK_RUN=$rt_mark_env
	export WAYMARK_STEP WAYMARK_DIR WAYMARK_WORK WAYMARK_PWD WAYMARK_RUN
	"$RT_ENTER" "$1"
	set +f
}

# rt_step_child ORD SYMBOL FLAGS: in the child: the step itself, then its
# verification. In mksh a child can seem to end well when it was killed:
# there it leaves a token behind when it really came to its end.
rt_step_child() {
	case $3$RT_MKSH in
	*[vm]*)
		case $3 in
		*x*)
			(rt_step_function "$2" "$3")
			rt_status=$?
			[ "$rt_status" -eq 0 ] || exit "$rt_status"
			;;
		esac
		case $3 in
		*v*)
			rt_verify_bad=
			"verify_$2"
			[ -z "$rt_verify_bad" ] || exit 1
			;;
		esac
		[ -z "$RT_MKSH" ] || true >"$rt_fifo/token.$1"
		;;
	*) rt_step_function "$2" "$3" ;;
	esac
}

# rt_step_function SYMBOL FLAGS: the author's text, under set -eu, or
# without -e where errexit = false (flag E).
rt_step_function() {
	case $2 in
	*E*) set -u ;;
	*) set -eu ;;
	esac
	"step_$1"
}

# rt_step_believe ORD: in mksh, takes a success without its token back.
rt_step_believe() {
	[ -n "$RT_MKSH" ] && [ "$rt_status" -eq 0 ] || return 0
	[ -e "$rt_fifo/token.$1" ] || rt_status=143
}

# rt_child_wait: waits for rt_child, whatever signals come in between; the
# traps end it. Sets rt_status, as 128+N for a child ended by signal N.
rt_child_wait() {
	[ -z "$rt_signal" ] || rt_process_end "$rt_child"
	rt_status=0
	while ! rt_child_lost; do
		rt_waited=$rt_signals
		wait "$rt_child" 2>&9
		rt_status=$?
		# A signal cuts it short, with 1 in ksh93: then look again.
		[ "$rt_status" -gt 126 ] ||
			[ "$rt_waited" != "$rt_signals" ] || break
		kill -0 "$rt_child" 2>/dev/null || break
	done
	# A wait that a signal cut short can have ended with another status.
	if [ -n "$rt_signal" ] && ! rt_child_lost; then
		wait "$rt_child" 2>/dev/null
		set -- "$?"
		[ "$1" -eq 127 ] || rt_status=$1
	fi
	rt_child=
	# ksh93 says 256+N, yash 384+N.
	if [ "$rt_status" -gt 384 ]; then
		rt_status=$((rt_status - 256))
	elif [ "$rt_status" -gt 256 ]; then
		rt_status=$((rt_status - 128))
	fi
	if [ -n "$rt_signal" ] && [ "$rt_status" -eq 0 ]; then
		rt_status=$((128 + rt_signal))
	fi
}

# rt_child_lost: true where a trap's own commands took the status of a dead
# child in bash, whose wait for it would then not end.
rt_child_lost() {
	[ -n "$rt_signal" ] && [ -n "${BASH_VERSION-}" ] &&
		! kill -0 "$rt_child" 2>/dev/null
}

# rt_quote_lines: the last lines of standard input on standard error, with
# no control characters.
rt_quote_lines() {
	tail -n 12 | LC_ALL=C tr -d '\000-\010\013-\037\177' |
		sed 's/^/  | /' >&2
}

# rt_log_tail: how rt_log ends, and where it is.
rt_log_tail() {
	[ ! -s "$rt_log" ] || rt_quote_lines <"$rt_log"
	rt_hint "log: $rt_mark_log"
}
