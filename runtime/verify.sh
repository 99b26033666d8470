# module: verify
# provides: rt_verify
# requires: base

# rt_verify COMMAND [TEXT]: runs COMMAND; it passes where its output, of
# both kinds, contains TEXT, or, with no TEXT, where it exits with 0. All
# is written to the log; a failure is remembered in rt_verify_bad.
rt_verify() {
	printf 'verify: %s\n' "$1"
	rt_output=$(rt_word=$1 && set -- && eval "$rt_word" 2>&1)
	rt_status=$?
	[ -z "$rt_output" ] || printf '%s\n' "$rt_output"
	if [ $# -eq 1 ]; then
		[ "$rt_status" -ne 0 ] || return 0
		printf 'verify: FAILED: exit %s, not 0\n' "$rt_status"
	else
		# $( ) took the newlines at the end, which TEXT may ask for.
		case $rt_output$RT_NL in
		*"$2"*) return 0 ;;
		esac
		printf 'verify: FAILED: the output does not contain: %s\n' "$2"
	fi
	rt_verify_bad=1
}
