# module: variables-show
# provides: rt_variables_plan rt_variables_events
# requires: base report text variables

# rt_variables_plan: in front of the plan: each variable, its value, and where
# it is from. What is missing or wrong is told, and stops the run alone.
rt_variables_plan() {
	[ -z "$rt_store_pid" ] || [ -n "$rt_fresh" ] || rt_variables_kept
	rt_variables_resolve
	rt_n=0
	waymark_variables rt_variables_show
	rt_variables_events
	[ -z "$rt_changed" ] && return
	rt_say "every step runs again: values changed:$rt_changed"
	rt_rows=' ' rt_gone=
}

# rt_variables_line: takes the line of a variable: sets rt_shown, which is
# "(secret)" for a secret, and rt_source in words.
rt_variables_line() {
	rt_n=$((rt_n + 1))
	eval "rt_shown=\$rt_value_$rt_n rt_source=\$rt_source_$rt_n"
	case $4 in
	*s*) [ -z "$rt_shown" ] || rt_shown='(secret)' ;;
	esac
	case $rt_source in
	kept) rt_source='as the run began' ;;
	none) rt_source='no value' ;;
	esac
}

# rt_variables_show: takes the line of a variable: a line for people.
rt_variables_show() {
	rt_variables_line "$@"
	[ "$2" = - ] || rt_source="$rt_source; for step $2"
	rt_text_line "$rt_shown"
	rt_say "  $3 = $RT_REPLY ($rt_source)"
}

# rt_variables_events: each as an event.
rt_variables_events() {
	[ -n "$rt_json" ] || return 0
	rt_n=0
	waymark_variables rt_variables_event
}
rt_variables_event() {
	rt_variables_line "$@"
	rt_word=$2
	[ "$2" != - ] || rt_word=
	rt_event variable name "$3" step "$rt_word" \
		value "$rt_shown" source "$rt_source"
}
