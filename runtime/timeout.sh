# module: timeout
# provides: rt_timeout_start rt_timeout_stop
# requires: process report

# rt_timeout_start: behind the fork of rt_child: a watchdog that ends it with
# all that it started when rt_limit seconds are over. It counts sleeps of a
# second: a clock that jumps ends no step, and plain sleep takes no less.
rt_timeout_start() {
	rt_late=$rt_fifo/late.$rt_child
	rt_timeout_watch </dev/null >/dev/null 2>&1 &
	rt_timeout=$!
}

# rt_timeout_watch: the watchdog; it ends by itself within a second where
# the script was killed.
rt_timeout_watch() {
	rt_over=
	trap 'rt_over=1' TERM
	trap - INT HUP QUIT PIPE
	exec 3>&- 4<&- 8<&-
	while [ "$rt_limit" -gt 0 ]; do
		[ ! -e "$rt_late.over" ] && kill -0 "$$" || exit 0
		sleep 1 &
		rt_sleep=$!
		[ -n "$rt_over" ] || wait "$rt_sleep"
		if [ -n "$rt_over" ]; then
			# KILL: a TERM that lands just after a fork can be lost.
			kill -s KILL "$rt_sleep"
			exit 0
		fi
		rt_limit=$((rt_limit - 1))
	done
	[ ! -e "$rt_late.over" ] && kill -0 "$$" || exit 0
	# Not with a colon: its redirection, when it fails, ends the shell.
	true >"$rt_late"
	rt_process_end "$rt_child"
}

# rt_timeout_stop ID: takes the watchdog away. Where the time was over, waits
# until it has ended the step, and makes that a failure with the status 124.
rt_timeout_stop() {
	if [ ! -e "$rt_late" ]; then
		# A file says so: the TERM may come before its trap is set.
		true >"$rt_late.over"
		kill -s TERM "$rt_timeout" 2>/dev/null
	fi
	wait "$rt_timeout" 2>/dev/null
	[ -e "$rt_late" ] && [ -z "$rt_signal" ] || return 0
	rt_status=$RT_TIMED_OUT
	rt_warn "step $1 timed out after $rt_limit_text"
	rt_event step_timed_out step "$1" "#seconds" "$rt_limit"
	{ printf 'timed out after %s\n' "$rt_limit_text" >>"$rt_log"; } \
		2>/dev/null
}

# What timeout(1) exits with.
RT_TIMED_OUT=124
