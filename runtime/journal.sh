# module: journal
# provides: rt_journal_q rt_journal_awk rt_journal_import
# requires: base text report replay replay-text replay-rows replay-show
# requires: store lock folder

# rt_journal_q NAME [ARG ...]: RT_REPLY is a request as one line.
rt_journal_q() {
	rt_row=$1
	[ "$1" != run_new ] || set -- "$@" "$RT_NAME" "$(rt_journal_random)"
	shift
	for rt_field; do
		RT_REPLY=$rt_field
		case $rt_field in
		*[\\"$RT_TAB$RT_NL"]*)
			rt_text_swap \\ \\\\
			rt_text_swap "$RT_TAB" '\t'
			rt_text_swap "$RT_NL" '\n'
			;;
		esac
		rt_row=$rt_row$RT_TAB$RT_REPLY
	done
	RT_REPLY=$rt_row$RT_NL
}

# rt_journal_random: six digits that tell a run's id from another's.
rt_journal_random() {
	rt_word=$(od -An -N3 -tx1 /dev/urandom 2>/dev/null | tr -d ' \n')
	printf '%s' "${rt_word:-$$}"
}

# rt_journal_awk NAME=VALUE ...: starts awk in this shell's place. mawk waits
# for a whole block of its input, unless it is told not to.
rt_journal_awk() {
	rt_word=
	! sync . 2>/dev/null || rt_word=1
	printf '%s\n' "$RT_REPLAY_TEXT" "$RT_REPLAY_ROWS" "$RT_REPLAY_SHOW" \
		"$RT_REPLAY" >"$rt_fifo/awk"
	set -- "$1" "syncs=$rt_word" "own=.journal.$rt_mine"
	set -- -v "$1" -v "$2" -v "$3" -f "$rt_fifo/awk"
	! rt_folder_killed || set -- -v late=1 "$@"
	case $(awk -W version </dev/null 2>&1) in
	*mawk*) set -- -W interactive "$@" ;;
	esac
	set -- awk "$@"
	! command -v setsid >/dev/null 2>&1 || set -- setsid "$@"
	LC_ALL=C
	export LC_ALL
	exec "$@"
}

# rt_journal_import: with sqlite3 on this host now, what the journal holds
# becomes rows, in one transaction; it is kept as journal.imported.
rt_journal_import() {
	[ -s journal ] || return 0
	rt_lock_take
	# The name is fixed, and the folder is ours: .read takes no odd paths.
	{ (rt_journal_awk readonly=export </dev/null >.import.sql); } \
		2>"$rt_fifo/why" || rt_store_failed "$(cat "$rt_fifo/why")"
	rt_store_ask "BEGIN;
.read .import.sql
COMMIT;"
	rm -f .import.sql
	rt_point
	mv -f journal journal.imported && sync
	rt_say "this host has sqlite3 now: the journal was imported," \
		"and is kept as journal.imported"
	rt_event imported from "$rt_dir/journal.imported"
}
