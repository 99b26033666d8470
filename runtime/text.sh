# module: text
# provides: rt_text_replace rt_text_sql rt_text_shell rt_text_json
# provides: rt_text_line rt_text_swap
# requires: base

# rt_text_replace TEXT FROM TO: RT_REPLY is TEXT with each FROM made TO.
rt_text_replace() {
	RT_REPLY=
	rt_text=$1
	while :; do
		case $rt_text in
		*"$2"*)
			RT_REPLY=$RT_REPLY${rt_text%%"$2"*}$3
			rt_text=${rt_text#*"$2"}
			;;
		*)
			RT_REPLY=$RT_REPLY$rt_text
			return 0
			;;
		esac
	done
}

# rt_text_swap FROM TO: the same, on RT_REPLY itself.
rt_text_swap() {
	case $RT_REPLY in
	*"$1"*) rt_text_replace "$RT_REPLY" "$1" "$2" ;;
	esac
}

# rt_text_sql TEXT: RT_REPLY is TEXT as an SQL literal. A carriage return
# goes in as a call, for sqlite3 drops it from the end of a line.
rt_text_sql() {
	RT_REPLY=$1
	rt_text_swap "'" "''"
	rt_text_swap "$RT_CR" "'||char(13)||'"
	RT_REPLY="'$RT_REPLY'"
}

# rt_text_shell TEXT: RT_REPLY is TEXT as one shell word.
rt_text_shell() {
	RT_REPLY=$1
	rt_text_swap "'" "'\\''"
	RT_REPLY="'$RT_REPLY'"
}

# rt_text_json TEXT: RT_REPLY is TEXT as a JSON string. What the database
# holds is made into JSON by sqlite3.
rt_text_json() {
	RT_REPLY=$1
	rt_text_swap \\ \\\\
	rt_text_swap '"' '\"'
	rt_text_swap "$RT_NL" '\n'
	rt_text_swap "$RT_TAB" '\t'
	rt_text_controls '\\u%04x'
	RT_REPLY="\"$RT_REPLY\""
}

# rt_text_line TEXT: RT_REPLY is TEXT for a line on a terminal: a control
# character in it is a blank.
rt_text_line() {
	RT_REPLY=$1
	rt_text_controls ' '
}

# rt_text_controls FORMAT: writes each control character in RT_REPLY as
# printf's FORMAT has its number.
rt_text_controls() {
	while :; do
		case $RT_REPLY in
		*[[:cntrl:]]*) ;;
		*) return 0 ;;
		esac
		rt_char=${RT_REPLY#"${RT_REPLY%%[[:cntrl:]]*}"}
		rt_char=${rt_char%"${rt_char#?}"}
		case $1 in
		*%*)
			# shellcheck disable=SC2059 # the format is a constant
			rt_text_replace "$RT_REPLY" "$rt_char" \
				"$(printf "$1" "'$rt_char")"
			;;
		*) rt_text_replace "$RT_REPLY" "$rt_char" "$1" ;;
		esac
	done
}
