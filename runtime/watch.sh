# module: watch
# provides: rt_watch_start rt_watch_stop
# requires: report process text

# rt_watch_start ORD ID NAME: while a step runs: with --verbose its output
# is shown as it comes; else, on a terminal, a spinner and the time.
rt_watch_start() {
	rt_watch='' rt_ended=$rt_fifo/ended.$1.$rt_attempt
	if [ -n "$rt_verbose" ] && [ -z "$rt_json" ]; then
		true >>"$rt_log"
		rt_watch_follow &
	elif [ -n "$rt_tty" ]; then
		rt_text_line "$3"
		rt_watch_spin "$1" "$2" "$RT_REPLY" &
	else
		return 0
	fi
	rt_watch=$!
}

# rt_watch_stop: the output is shown to its end, or the line is cleared.
rt_watch_stop() {
	[ -n "$rt_watch" ] || return 0
	# A file says so: a TERM that lands just after a fork can be lost.
	true >"$rt_ended"
	[ -n "$rt_verbose" ] || kill -s TERM "$rt_watch" 2>/dev/null
	wait "$rt_watch" 2>/dev/null
	[ -n "$rt_verbose" ] || printf '\r\033[K'
	rt_watch=
}

# rt_watch_follow: copies what is added to the log until the step's end.
rt_watch_follow() {
	trap - INT TERM HUP QUIT PIPE
	exec 3>&- 4<&- 8<&- 5<"$rt_log"
	while :; do
		rt_last=
		[ -e "$rt_ended" ] && rt_last=1
		cat <&5
		[ -z "$rt_last" ] || break
		kill -0 "$$" 2>/dev/null || break
		rt_nap
	done
}

# rt_watch_spin ORD ID NAME: a spinner with the seconds, until it is ended.
rt_watch_spin() {
	trap 'exit 0' TERM
	trap - INT HUP QUIT PIPE
	exec 3>&- 4<&- 8<&-
	rt_tick=0
	while [ ! -e "$rt_ended" ] && kill -0 "$$" 2>/dev/null; do
		case $((rt_tick % 4)) in
		0) rt_frame='|' ;;
		1) rt_frame=/ ;;
		2) rt_frame=- ;;
		*) rt_frame=\\ ;;
		esac
		printf '\r%s [%s/%s] %s  %s%s s%s\033[K' "$rt_frame" \
			"$1" "$RT_STEPS" "$3" \
			"$rt_dim" "$((rt_tick / 10))" "$rt_off"
		rt_tick=$((rt_tick + 1))
		rt_nap &
		wait "$!"
	done
}
