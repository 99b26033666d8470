# module: process
# provides: rt_process_end rt_nap
# requires: base

# rt_nap: waits a tenth of a second, or a whole one where sleep is plain.
rt_nap() {
	sleep 0.1 2>/dev/null || sleep 1
}

# rt_process_table: RT_REPLY is a line "PID PPID" for each process.
rt_process_table() {
	RT_REPLY=
	if [ -r /proc/self/stat ]; then
		set +f
		for rt_p in /proc/[0-9]*; do
			set -f
			{ read -r rt_line <"$rt_p/stat"; } 2>/dev/null ||
				continue
			# The name in brackets may hold blanks: cut it off.
			# shellcheck disable=SC2086 # split into fields
			set -- ${rt_line##*") "}
			RT_REPLY="$RT_REPLY${rt_p#/proc/} ${2-0}$RT_NL"
		done
		set -f
	else
		RT_REPLY=$(ps -A -o pid= -o ppid=)
	fi
}

# rt_process_marked: RT_REPLY lists the processes that the attempt
# rt_mark_env, which writes to rt_mark_log, left anywhere: a daemon has no
# parent any more, but still the environment or the output. Linux alone.
rt_process_marked() {
	RT_REPLY=
	[ -r /proc/self/environ ] || return 0
	set +f
	rt_lines=$(
		exec 2>/dev/null
		grep -l -F -- "WAYMARK_RUN=$rt_mark_env" /proc/[0-9]*/environ
		# grep takes each line for a pattern: such a path is none.
		case $rt_mark_log in *"$RT_NL"*) exit ;; esac
		# shellcheck disable=SC2010 # a link's target, not a file's name
		ls -l /proc/[0-9]*/fd/1 /proc/[0-9]*/fd/2 |
			grep -F -- "-> $rt_mark_log"
	)
	set -f
	while read -r rt_p; do
		rt_p=${rt_p#*/proc/}
		rt_p=${rt_p%%/*}
		case $rt_p in
		'' | *[!0-9]* | "$$") ;;
		*) RT_REPLY="$RT_REPLY $rt_p" ;;
		esac
	done <<EOF
$rt_lines
EOF
}

# rt_process_tree [PID ...]: RT_REPLY is these, what is marked as of the
# attempt, and all of their descendants, each once.
rt_process_tree() {
	rt_process_marked
	rt_set=" $RT_REPLY ${*-} "
	rt_process_table
	rt_table=$RT_REPLY
	rt_more=1
	while [ -n "$rt_more" ]; do
		rt_more=
		while read -r rt_p rt_parent; do
			case $rt_set in
			*" $rt_p "*) ;;
			*" $rt_parent "*) rt_set="$rt_set$rt_p " rt_more=1 ;;
			esac
		done <<EOF
$rt_table
EOF
	done
	RT_REPLY=
	for rt_p in $rt_set; do
		case " $RT_REPLY " in
		*" $rt_p "*) ;;
		*) RT_REPLY="$RT_REPLY $rt_p" ;;
		esac
	done
}

# rt_process_signal NAME PID ...: a dead one is no error.
rt_process_signal() {
	rt_signal_name=$1
	shift
	for rt_p in ${1+"$@"}; do
		kill -s "$rt_signal_name" "$rt_p" 2>/dev/null
	done
}

# rt_is_alive PID: true for a process that runs; a zombie does not.
rt_is_alive() {
	kill -0 "$1" 2>/dev/null || return 1
	[ -r /proc/self/stat ] || return 0
	{ read -r rt_line <"/proc/$1/stat"; } 2>/dev/null || return 1
	case ${rt_line##*") "} in
	Z* | X*) return 1 ;;
	esac
}

# rt_process_end [PID ...]: ends these and all that they started: TERM,
# and after some five seconds KILL, sent at each look: what was started
# since the last one has had none, and a TERM that lands just after a fork
# is lost in some shells. None is stopped first: zsh's wait would tell of it.
rt_process_end() {
	rt_tries=0
	while :; do
		rt_process_tree ${1+"$@"}
		rt_pids=
		for rt_p in $RT_REPLY; do
			rt_is_alive "$rt_p" && rt_pids="$rt_pids $rt_p"
		done
		[ -n "$rt_pids" ] || return 0
		# shellcheck disable=SC2086 # a list of numbers
		if [ "$rt_tries" -lt 30 ]; then
			rt_process_signal TERM $rt_pids
			rt_process_signal CONT $rt_pids
		else
			rt_process_signal KILL $rt_pids
		fi
		rt_tries=$((rt_tries + 1))
		[ "$rt_tries" -lt 60 ] || return 1
		rt_nap
	done
} 3>&- 4<&-
