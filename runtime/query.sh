# module: query
# provides: rt_q rt_get rt_put rt_list rt_lines
# requires: base store text journal sql-run sql-step sql-undo sql-show

# What is asked of a store, each question under a name with its arguments:
# a rt_sql_NAME says it in SQL, and the journal's awk knows the same names.

# rt_q NAME [ARG ...]: RT_REPLY is the request. Several can be sent as one.
rt_q() {
	if [ -n "$rt_journal" ]; then
		rt_journal_q "$@"
	else
		rt_op=rt_sql_$1
		shift
		"$rt_op" ${1+"$@"}
	fi
}

# rt_get NAME [ARG ...]: RT_REPLY is the last line of the answer; what was
# written is durable.
rt_get() {
	rt_q "$@"
	rt_store_ask "$RT_REPLY"
}

# rt_put NAME [ARG ...]: sends it and waits for nothing.
rt_put() {
	rt_q "$@"
	rt_store_send "$RT_REPLY"
}

# rt_list FUNCTION NAME [ARG ...]: calls FUNCTION with each line.
rt_list() {
	rt_each_line=$1
	shift
	rt_q "$@"
	rt_store_each "$rt_each_line" "$RT_REPLY"
}

# rt_lines NAME [ARG ...]: sets rt_lines to the answer. Where each line leads
# to another question it has to be whole first.
rt_lines() {
	rt_lines=
	rt_list rt_lines_add "$@"
}
rt_lines_add() {
	rt_lines="$rt_lines$1$RT_NL"
}
