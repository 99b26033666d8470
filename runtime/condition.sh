# module: condition
# provides: rt_condition_file rt_condition_mode rt_condition_command
# provides: rt_condition_variable rt_condition_failed rt_condition_end
# provides: rt_condition_lookup
# requires: base folder look text

# The conditions of a step that every host can be asked. Each notes what was
# expected and what was found where it does not hold; all of a table are
# asked, and what failed of it stands together, behind what commands print.

# Which table they are of; the gate sets the other.
rt_conditions=postcondition rt_failures=

# Where a name is looked for that is not in the environment.
RT_OS_RELEASE='/etc/os-release /usr/lib/os-release'

# rt_condition_failed EXPECTED FOUND: it does not hold.
rt_condition_failed() {
	rt_text_line "$2"
	rt_failures="$rt_failures$rt_conditions: FAILED: expected $1,"
	rt_failures="$rt_failures found $RT_REPLY$RT_NL"
}

# rt_condition_end: behind a table: writes what failed to the log, and
# remembers that something did in rt_verify_bad.
rt_condition_end() {
	[ -n "$rt_failures" ] || return 0
	printf '%s' "$rt_failures"
	rt_verify_bad=1 rt_failures=
}

# rt_condition_path PATH EXPECTED: sets rt_path to it on this host. Fails
# where it is in a home that this call does not have.
rt_condition_path() {
	case $1 in
	[~\$]*)
		[ -n "${HOME-}" ] || {
			rt_condition_failed "$2" 'no HOME in the environment'
			return 1
		}
		;;
	esac
	rt_path_resolve "$1"
	rt_path=$RT_REPLY
}

# rt_condition_there EXPECTED: true where something is at rt_path; else says
# what is.
rt_condition_there() {
	[ ! -e "$rt_path" ] || return 0
	rt_word=nothing
	[ ! -L "$rt_path" ] || rt_word='a symlink that leads nowhere'
	rt_condition_failed "$1" "$rt_word"
	return 1
}

# rt_condition_file PATH: a file, folder or what a symlink leads to is there.
rt_condition_file() {
	rt_condition_path "$1" "the file $1" || return 0
	rt_condition_there "the file $rt_path" || :
}

# rt_condition_mode PATH MODE: it is there, with this mode in four digits. A
# symlink's mode is that of what it leads to.
rt_condition_mode() {
	rt_condition_path "$1" "$1 with mode $2" || return 0
	rt_condition_there "$rt_path with mode $2" || return 0
	rt_word=$(LC_ALL=C ls -dlnL "$rt_path" 2>&1)
	rt_state_octal "${rt_word%% *}"
	[ "$RT_REPLY" = "$2" ] ||
		rt_condition_failed "$rt_path with mode $2" "mode $RT_REPLY"
}

# rt_condition_command COMMAND: it exits with 0. Its output is in the log.
rt_condition_command() {
	printf '%s: %s\n' "$rt_conditions" "$1"
	rt_ask=$1
	set --
	(eval "$rt_ask$RT_NL")
	rt_status=$?
	[ "$rt_status" -eq 0 ] ||
		rt_condition_failed "exit 0 of: $rt_ask" "exit $rt_status"
}

# rt_condition_lookup NAME: RT_REPLY is the value of NAME in the environment.
# Fails where it is not there. awk alone tells an empty one from none, and
# what is exported from the shell's own.
rt_condition_lookup() {
	RT_REPLY=$(
		awk -v "name=$1" 'BEGIN {
			if (!(name in ENVIRON)) exit 1
			printf "%s.", ENVIRON[name]
		}' </dev/null
	) || return 1
	RT_REPLY=${RT_REPLY%.}
}

# rt_condition_release NAME: RT_REPLY is the value of NAME in os-release,
# which is read and never run. Fails where it is not there.
rt_condition_release() {
	rt_word=
	for rt_file in $RT_OS_RELEASE; do
		[ -r "$rt_file" ] || continue
		while IFS= read -r rt_line || [ -n "$rt_line" ]; do
			case $rt_line in "$1="*) rt_word=$rt_line ;; esac
		done <"$rt_file"
		break
	done
	[ -n "$rt_word" ] || return 1
	RT_REPLY=${rt_word#*=}
	case $RT_REPLY in
	\"*\")
		RT_REPLY=${RT_REPLY#?}
		RT_REPLY=${RT_REPLY%?}
		# A backslash stands before these and itself.
		rt_text_swap \\\\ "$RT_NL"
		rt_text_swap '\"' '"'
		# shellcheck disable=SC2016 # a dollar is a dollar
		rt_text_swap '\$' '$'
		rt_text_swap '\`' '`'
		rt_text_swap "$RT_NL" \\
		;;
	\'*\')
		RT_REPLY=${RT_REPLY#?}
		RT_REPLY=${RT_REPLY%?}
		;;
	esac
}

# rt_condition_variable NAME EXPRESSION: the value of NAME, in the
# environment or else in os-release, has a match for the extended regular
# expression. A value of several lines has none: grep would take each alone.
rt_condition_variable() {
	if ! command -v awk >/dev/null 2>&1; then
		rt_condition_failed "$1 to match $2" \
			'no awk on this host to ask'
	elif rt_condition_lookup "$1" || rt_condition_release "$1"; then
		rt_word="$1 to match $2"
		case $RT_REPLY in
		*"$RT_NL"*)
			rt_condition_failed "$rt_word" "lines: $RT_REPLY"
			return 0
			;;
		esac
		rt_value=$RT_REPLY
		printf '%s\n' "$rt_value" | grep -E -e "$2" >/dev/null ||
			rt_condition_failed "$rt_word" "${rt_value:-no text}"
	else
		rt_condition_failed "$1 to match $2" \
			'no such name in the environment or in os-release'
	fi
}
