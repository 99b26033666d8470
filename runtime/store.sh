# module: store
# provides: rt_store_open rt_store_ask rt_store_each rt_store_close
# provides: rt_store_send rt_store_need rt_store_begin_all
# provides: rt_store_commit_all rt_store_failed rt_store_locked
# provides: rt_store_newer
# requires: base report text schema point query journal lock

# rt_store_need: which store this call has: sets rt_journal to the journal's
# name where it is that. Exit 3 where this host has no program for either.
rt_store_need() {
	rt_journal='' rt_store_end='.print .'
	if command -v sqlite3 >/dev/null 2>&1; then
		# What was not imported yet can be looked at as it is.
		[ "$1" = rw ] || [ ! -s "$rt_dir/journal" ] ||
			rt_journal=journal rt_store_end=.
		return 0
	fi
	rt_word=
	if [ -s "$rt_dir/checkpoint.db" ]; then
		rt_word="whose checkpoints are in $rt_dir/checkpoint.db"
	elif command -v awk >/dev/null 2>&1; then
		rt_journal=journal rt_store_end=.
		return 0
	fi
	rt_how="with this system's package manager"
	for rt_how_to in 'apt-get install sqlite3' 'dnf install sqlite' \
		'yum install sqlite' 'apk add sqlite' 'pacman -S sqlite' \
		'zypper install sqlite3' 'pkg install sqlite3' \
		'brew install sqlite'; do
		if command -v "${rt_how_to%% *}" >/dev/null 2>&1; then
			rt_how="with: $rt_how_to"
			break
		fi
	done
	rt_die "$RT_HOST" "this host has no sqlite3${rt_word:+, $rt_word}" \
		"Nothing was changed. Install it $rt_how"
}

# rt_store_open rw|ro: starts the one sqlite3 or awk of this call, checks
# the store and, for rw, takes the lock. Only rw makes or changes anything.
rt_store_open() {
	rt_store_need "$1"
	rt_store_mode=$1
	# A dead sqlite3 must not end the shell.
	trap 'rt_signals=$((rt_signals + 1))' PIPE
	rt_store_begin
}

# rt_store_begin: starts, checks and prepares it, as rt_store_mode says.
rt_store_begin() {
	rt_store_start
	if [ -n "$rt_journal" ]; then
		[ ! -f journal ] || [ -s journal ] || [ -z "$(ls logs)" ] ||
			rt_store_failed "damaged: it is empty"
		rt_text_shell "$rt_dir"
		rt_get here "$RT_REPLY"
		return
	fi
	rt_store_check
	if [ "$rt_store_mode" = rw ]; then
		rt_store_setup
		rt_journal_import
	fi
	rt_store_views
}

# rt_store_start: sqlite3, or the journal's awk, reads descriptor 3 and
# answers on descriptor 4. Both ways are opened to read and write first: so
# no open waits for the other side, which a kill could make endless. Then each
# side has one end, and sees the other's death.
rt_store_start() {
	if [ "$rt_store_mode" = ro ] || ! rt_store_pipes "$rt_dir/.tmp.$$"; then
		rt_store_pipes "${TMPDIR:-/tmp}/waymark.$$.fifo" ||
			rt_die "$RT_STORE" "no pipe can be made" \
				"Tried $rt_dir and ${TMPDIR:-/tmp}." \
				"Is the disk full?"
	fi
	if [ -n "$rt_journal" ] && [ "$rt_store_mode" = rw ]; then
		rt_lock_take
		[ ! -s checkpoint.db ] || rt_store_need rw
	fi
	exec 3<>"$rt_fifo/in" 4<>"$rt_fifo/out"
	rt_store_run &
	rt_store_pid=$!
	exec 3>"$rt_fifo/in" 4<"$rt_fifo/out"
}

# rt_store_run: in the child: becomes the store's program. Under setsid a
# Ctrl-C does not reach it. A hot journal of SQLite is rolled back by whoever
# opens it: a call that only reads must be let.
rt_store_run() {
	exec <"$rt_fifo/in" >"$rt_fifo/out" 2>"$rt_fifo/err" 3>&- 4<&- 8<&-
	[ -z "$rt_journal" ] || rt_journal_awk "readonly=${rt_store_mode#rw}"
	set -- sqlite3 -batch -bail -init /dev/null
	[ "$rt_store_mode" = rw ] || [ -f "$rt_dir/checkpoint.db-journal" ] ||
		set -- "$@" -readonly
	! command -v setsid >/dev/null 2>&1 || set -- setsid "$@"
	exec "$@" "$rt_dir/checkpoint.db"
}

# rt_store_pipes NAME: makes the folder rt_fifo with the pipes. Where one of
# that name is there it is left alone, and the next is tried: a call in
# another container can have the same pid.
rt_store_pipes() {
	rt_fifo=$1 rt_slot=0
	while ! mkdir "$rt_fifo" 2>/dev/null; do
		rt_slot=$((rt_slot + 1))
		if [ ! -e "$rt_fifo" ] || [ "$rt_slot" -gt 50 ]; then
			rt_fifo=
			return 1
		fi
		rt_fifo=$1.$rt_slot
	done
	{ mkfifo "$rt_fifo/in" "$rt_fifo/out" && true >"$rt_fifo/err"; } \
		2>/dev/null && return 0
	rm -rf "$rt_fifo"
	rt_fifo=
	return 1
}

# rt_store_send REQUEST: hands it over and waits for nothing.
rt_store_send() {
	printf '%s\n' "$1" >&3 2>&9
}

# rt_store_try REQUEST: sends it and reads the answer up to its end. Each line
# goes to the function rt_store_line. A signal may cut a read short.
rt_store_try() {
	RT_REPLY=
	printf '%s\n%s\n' "$1" "$rt_store_end" >&3 2>&9 || return 1
	while :; do
		rt_store_signals=$rt_signals
		if ! IFS= read -r rt_answer <&4; then
			[ "$rt_store_signals" = "$rt_signals" ] && return 1
			continue
		fi
		[ "$rt_answer" != . ] || return 0
		if [ -n "$rt_store_line" ]; then
			"$rt_store_line" "$rt_answer"
		else
			RT_REPLY=$rt_answer
		fi
	done
}

# rt_store_ask REQUEST: RT_REPLY is the last line of the answer, which means
# that what was written is durable. It says what shall be, not what to add:
# where the store's program died in between it is sent once more.
rt_store_ask() {
	rt_store_line=
	rt_point
	rt_store_try "$1" && {
		rt_point
		return 0
	}
	rt_store_revive
	rt_store_try "$1" || rt_store_failed
}

# rt_store_each FUNCTION REQUEST: calls FUNCTION with each line of the answer.
rt_store_each() {
	rt_store_line=$1
	if ! rt_store_try "$2"; then
		rt_store_failed
	fi
	rt_store_line=
}

# rt_store_begin_all, rt_store_commit_all: many calls in one transaction.
# It cannot be taken up again: a store that dies in it ends the call.
rt_store_begin_all() {
	rt_store_all=1
	rt_put begin
}
rt_store_commit_all() {
	rt_point
	rt_q commit
	rt_store_try "$RT_REPLY" || rt_store_failed
	rt_point
	rt_store_all=
}

# rt_store_reap: takes the dead sqlite3's last words: RT_REPLY.
rt_store_reap() {
	exec 3>&- 4<&-
	wait "$rt_store_pid" 2>/dev/null
	rt_store_pid=
	RT_REPLY=
	[ ! -s "$rt_fifo/err" ] || RT_REPLY=$(cat "$rt_fifo/err")
	rm -rf "$rt_fifo"
	rt_fifo=
}

# rt_store_revive: opens the store again, once in a run, where sqlite3
# was killed. Where it ended by itself, with a reason, there is no use.
rt_store_revive() {
	rt_store_reap
	[ -z "$RT_REPLY$rt_store_revived$rt_store_all" ] ||
		rt_store_failed "$RT_REPLY"
	rt_store_revived=1
	rt_store_begin
}

# rt_store_failed [WHY]: the store cannot go on: exit 4 for a lock, else 5.
rt_store_failed() {
	if [ $# -eq 0 ]; then
		rt_store_reap
		set -- "$RT_REPLY"
	fi
	rt_word=$rt_dir/${rt_journal:-checkpoint.db}
	case $1 in
	*locked* | *busy*) rt_store_locked ;;
	*malformed* | *'not a database'* | *corrupt* | damaged*)
		rt_die "$RT_STORE" "the checkpoint store is damaged" \
			"$rt_word" \
			"It is kept as it is, and nothing was changed." \
			"Put a good copy in its place; or move the folder" \
			"away, and run again."
		;;
	newer) rt_store_newer "another" ;;
	*full*)
		rt_die "$RT_STORE" "the disk is full" "$rt_word" \
			"What was recorded is safe. Make room, then:" \
			"$rt_call resume"
		;;
	esac
	rt_die "$RT_STORE" "the checkpoint store cannot be used" "$rt_word" \
		"its program says: ${1:-nothing; it was ended}"
}

# rt_store_locked: exit 4.
rt_store_locked() {
	rt_die "$RT_LOCKED" "another run holds the lock" \
		"Nothing was changed. Look at it with: $rt_call status"
}

# rt_store_newer SCHEMA: exit 5 for a store that a newer script made.
rt_store_newer() {
	rt_die "$RT_STORE" "the checkpoint store is of a newer schema" \
		"$rt_dir/${rt_journal:-checkpoint.db}" \
		"It has schema $1; this script knows 1." \
		"Nothing was changed. Use the install.sh that wrote it."
}

# rt_store_close: a store that is left in order is one plain file, which
# another user can read.
rt_store_close() {
	if [ -z "$rt_store_pid" ]; then
		[ -z "$rt_fifo" ] || rm -rf "$rt_fifo"
		return 0
	fi
	if [ "$rt_store_mode" = rw ]; then
		rt_point
		if [ -z "$rt_journal" ]; then
			[ -z "$rt_store_all" ] || rt_store_send 'ROLLBACK;'
			rt_store_send 'PRAGMA main.journal_mode=DELETE;'
		fi
	fi
	[ -n "$rt_journal" ] || rt_store_send .quit
	exec 3>&-
	# shellcheck disable=SC2162 # what is left in the pipe is thrown away
	while read rt_answer <&4; do :; done
	rt_store_reap
	[ -z "$rt_locked" ] || rm -f ".journal.$rt_mine"
}
