# module: exports
# provides: rt_exports_take rt_exports_reset rt_exports_found rt_exports_each
# provides: rt_exports_file
# requires: base query store begin text report values

# What a step hands on. waymark_exports FUNCTION, which the compiler emits,
# calls FUNCTION for each step that does, with ORD ID NAME ...

# rt_exports_reset: takes such a line: none of it is known.
rt_exports_reset() {
	rt_ord=$1
	shift 2
	for rt_word; do
		unset "rt_export_${rt_ord}_$rt_word"
	done
}

# rt_exports_found: takes such a line: RT_REPLY is the value of rt_wanted,
# which the step rt_id exported.
rt_exports_found() {
	[ "$2" = "$rt_id" ] || return 0
	rt_ord=$1
	shift 2
	case " $* " in
	*" $rt_wanted "*)
		eval "rt_export_${rt_ord}_$rt_wanted=\$RT_REPLY"
		;;
	esac
}

# rt_exports_each: takes such a line: calls rt_function for what is known of
# a step before rt_at.
rt_exports_each() {
	[ "$1" -lt "$rt_at" ] || return 0
	rt_ord=$1
	shift 2
	for rt_word; do
		eval "[ -z \"\${rt_export_${rt_ord}_$rt_word+x}\" ] ||
		\"\$rt_function\" $rt_word \"\$rt_export_${rt_ord}_$rt_word\" -"
	done
}

# rt_exports_file: takes such a line, in the child of the step rt_at: the file
# that it is to write to, fresh for each attempt.
rt_exports_file() {
	[ "$1" -eq "$rt_at" ] || return 0
	WAYMARK_EXPORTS=$rt_fifo/exports
	: >"$WAYMARK_EXPORTS" || exit 1
	export WAYMARK_EXPORTS
}

# rt_exports_take ORD ID NAME ...: when the step ORD has succeeded: its values
# are for the transaction of its completion, in rt_also, and at the head of the
# rollbacks from its own on, which are durable before that. Where a line is
# wrong or a value missing, the step has failed.
rt_exports_take() {
	[ "$rt_status" -eq 0 ] || return 0
	rt_ord=$1 rt_id=$2
	shift 2
	for rt_word; do
		unset "rt_export_${rt_ord}_$rt_word"
	done
	rt_exports_read "$@" 2>/dev/null <"$rt_fifo/exports" ||
		rt_exports_bad "the file \$WAYMARK_EXPORTS cannot be read"
	rt_sql=
	for rt_word; do
		eval "rt_value=\${rt_export_${rt_ord}_$rt_word-}"
		if eval "[ -z \"\${rt_export_${rt_ord}_$rt_word+x}\" ]"; then
			rt_exports_bad "$rt_word was not written"
		fi
		rt_q value "$rt_run" "$rt_ord" e "$rt_word" "$rt_value"
		rt_sql=$rt_sql$RT_REPLY
	done
	[ "$rt_status" -eq 0 ] || return 0
	rt_also=$rt_sql rt_from_ord=$rt_ord
	waymark_plan rt_exports_text
	[ -n "$rt_store_all" ] || return 0
	rt_store_commit_all
	rt_put write_rollback "$rt_run" "$rt_from_ord"
}

# rt_exports_read NAME ...: the lines NAME=VALUE on standard input.
rt_exports_read() {
	while IFS= read -r rt_line || [ -n "$rt_line" ]; do
		case $rt_line in
		'') continue ;;
		*=*) ;;
		*)
			rt_exports_bad "no NAME=VALUE: $rt_line"
			continue
			;;
		esac
		rt_wanted=${rt_line%%=*}
		case $rt_wanted in
		'' | *[!A-Za-z0-9_]*) rt_wanted=' ' ;;
		esac
		case " $* " in
		*" $rt_wanted "*)
			eval "rt_export_${rt_ord}_$rt_wanted=\${rt_line#*=}"
			;;
		*) rt_exports_bad "not declared: ${rt_line%%=*}" ;;
		esac
	done
	return 0
}

# rt_exports_bad WHY: the step has failed; its log says why.
rt_exports_bad() {
	printf 'exports: %s\n' "$1" >>"$rt_log"
	rt_status=1
}

# rt_exports_text: takes the plan's line of a step: the rollbacks from the step
# rt_from_ord on are stored again, with the values in front.
rt_exports_text() {
	[ "$1" -ge "$rt_from_ord" ] || return 0
	case $5 in
	*r*) ;;
	*) return 0 ;;
	esac
	[ -n "$rt_store_all" ] || rt_store_begin_all
	rt_values_text "$@"
	rt_begin_step "$@"
}
