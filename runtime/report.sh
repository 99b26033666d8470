# module: report
# provides: rt_say rt_warn rt_hint rt_event rt_die rt_exit rt_duration
# provides: rt_print rt_mark rt_report_setup
# requires: base text store run

# rt_report_setup: decides how to speak: sets rt_tty, rt_utf8 and colours.
rt_report_setup() {
	rt_tty='' rt_utf8='' rt_red='' rt_green='' rt_dim='' rt_off=''
	[ -z "$rt_json$rt_quiet" ] && [ -t 1 ] &&
		[ "${TERM-dumb}" != dumb ] || return 0
	rt_tty=1
	case ${LC_ALL:-${LC_CTYPE:-${LANG-}}} in
	*UTF-8* | *utf-8* | *UTF8* | *utf8*) rt_utf8=1 ;;
	esac
	[ -z "$rt_plain${NO_COLOR-}" ] || return 0
	rt_off=$(printf '\033[')
	rt_red=${rt_off}31m rt_green=${rt_off}32m rt_dim=${rt_off}2m
	rt_off=${rt_off}0m
}

# rt_print TEXT ...: one line on standard output, whatever the flags.
rt_print() {
	printf '%s\n' "$*" 2>&9
}

# rt_say TEXT ...: one line for people; not with --quiet or --json.
rt_say() {
	[ -n "$rt_quiet$rt_json" ] || rt_print "$*"
}

# rt_warn TEXT ...: one line on standard error; rt_hint: one below it.
rt_warn() {
	printf '%s: %s\n' "$RT_NAME" "$*" >&2
}
rt_hint() {
	printf '  %s\n' "$*" >&2
}

# rt_mark ok|bad: RT_REPLY is the mark before a line on a terminal.
rt_mark() {
	case $1$rt_utf8 in
	ok1) RT_REPLY=$rt_green$(printf '\342\234\223')$rt_off ;;
	bad1) RT_REPLY=$rt_red$(printf '\342\234\227')$rt_off ;;
	ok*) RT_REPLY=${rt_green}ok$rt_off ;;
	*) RT_REPLY=${rt_red}FAILED$rt_off ;;
	esac
}

# rt_event NAME [KEY VALUE ...]: one JSON line with --json. A key that
# begins with # has a number for its value; any other a string.
rt_event() {
	[ -n "$rt_json" ] || return 0
	rt_event="{\"event\":\"$1\""
	shift
	while [ $# -gt 1 ]; do
		case $1 in
		\#*) RT_REPLY=${2:-null} ;;
		*) rt_text_json "$2" ;;
		esac
		rt_event="$rt_event,\"${1#\#}\":$RT_REPLY"
		shift 2
	done
	rt_print "$rt_event}"
}

# rt_duration MS: RT_REPLY is the time as a person says it.
rt_duration() {
	case $1 in
	'' | *[!0-9]*) RT_REPLY='?' ;;
	? | ?? | ???) RT_REPLY="$1 ms" ;;
	????)
		RT_REPLY=${1%???}.${1#?}
		RT_REPLY="${RT_REPLY%??} s"
		;;
	?????) RT_REPLY="${1%???} s" ;;
	*)
		set -- "${1%???}"
		RT_REPLY="$(($1 / 60)) min $(($1 % 60)) s"
		;;
	esac
}

# rt_die CODE WHAT [NEXT ...]: says what failed and what to do next, a
# line each, and exits with CODE.
rt_die() {
	# What failed because a signal ended a program is not the host's fault.
	case $1$rt_signal in
	"$RT_STORE"?* | "$RT_HOST"?*)
		set -- "$((128 + rt_signal))" "ended by signal $rt_signal" \
			"Continue with: $rt_call $rt_verb"
		[ -z "$rt_under_way" ] || [ -z "$rt_store_pid" ] ||
			rt_run_close aborted "$1"
		;;
	esac
	rt_code=$1
	rt_event error "#exit_code" "$1" message "$2"
	rt_warn "$2"
	shift 2
	for rt_word in ${1+"$@"}; do
		rt_hint "$rt_word"
	done
	rt_exit "$rt_code"
}

# rt_exit CODE: the one way out: closes the store, leaves nothing behind.
rt_exit() {
	trap : INT TERM HUP QUIT
	rt_store_close
	[ -z "$rt_tmp" ] || rm -rf "$rt_tmp"
	trap - 0
	exit "$1"
}
