# module: store
# provides: rt_store_open rt_store_ask rt_store_each rt_store_close
# provides: rt_store_send rt_store_need rt_store_begin_all
# provides: rt_store_commit_all rt_store_failed
# requires: base report text schema point

# rt_store_need: exit 3 where this host has no sqlite3, with how to get it.
rt_store_need() {
	! command -v sqlite3 >/dev/null 2>&1 || return 0
	rt_how="with this system's package manager"
	for rt_word in apt-get:'apt-get install sqlite3' \
		dnf:'dnf install sqlite' yum:'yum install sqlite' \
		apk:'apk add sqlite' pacman:'pacman -S sqlite' \
		zypper:'zypper install sqlite3' pkg:'pkg install sqlite3' \
		brew:'brew install sqlite'; do
		if command -v "${rt_word%%:*}" >/dev/null 2>&1; then
			rt_how="with: ${rt_word#*:}"
			break
		fi
	done
	rt_die "$RT_HOST" "this host has no sqlite3, which keeps checkpoints" \
		"Nothing was changed. Install it $rt_how"
}

# rt_store_open rw|ro: starts the one sqlite3 of this call, checks the
# store and, for rw, takes the lock. Only rw makes or changes anything.
rt_store_open() {
	rt_store_need
	rt_store_mode=$1
	# A dead sqlite3 must not end the shell: PIPE is handled by nothing.
	trap : PIPE
	rt_store_begin
}

# rt_store_begin: starts, checks and prepares it, as rt_store_mode says.
rt_store_begin() {
	rt_store_start
	rt_store_check
	[ "$rt_store_mode" = ro ] || rt_store_setup
	rt_store_views
}

# rt_store_start: sqlite3 reads descriptor 3 and answers on descriptor 4.
# Under setsid a Ctrl-C does not reach it.
rt_store_start() {
	rt_fifo=$rt_dir/.tmp.$$
	[ "$rt_store_mode" = rw ] || rt_fifo=${TMPDIR:-/tmp}/waymark.$$.fifo
	if ! mkdir "$rt_fifo" 2>/dev/null ||
		! mkfifo "$rt_fifo/in" "$rt_fifo/out" 2>/dev/null; then
		rm -rf "$rt_fifo"
		rt_fifo=${TMPDIR:-/tmp}/waymark.$$.fifos
		if ! mkdir "$rt_fifo" ||
			! mkfifo "$rt_fifo/in" "$rt_fifo/out"; then
			rt_die "$RT_STORE" "no pipe can be made" \
				"Tried $rt_dir and ${TMPDIR:-/tmp}." \
				"Is the disk full?"
		fi
	fi
	set -- sqlite3 -batch -bail -init /dev/null
	[ "$rt_store_mode" = rw ] || set -- "$@" -readonly
	! command -v setsid >/dev/null 2>&1 || set -- setsid "$@"
	(exec "$@" "$rt_dir/checkpoint.db" <"$rt_fifo/in" >"$rt_fifo/out" \
		2>"$rt_fifo/err") &
	rt_store_pid=$!
	exec 3>"$rt_fifo/in" 4<"$rt_fifo/out"
}

# rt_store_send SQL: hands SQL over and waits for nothing.
rt_store_send() {
	printf '%s\n' "$1" >&3 2>&9
}

# rt_store_try SQL: sends it and reads the answer up to its end. Each line
# goes to the function rt_store_line. A signal may cut a read short.
rt_store_try() {
	RT_REPLY=
	printf '%s\n.print .\n' "$1" >&3 2>&9 || return 1
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

# rt_store_ask SQL: RT_REPLY is the last line of the answer, which means
# that what was written is durable. SQL says what shall be, not what to
# add: where sqlite3 died in between it is sent once more.
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

# rt_store_each FUNCTION SQL: calls FUNCTION with each line of the answer.
rt_store_each() {
	rt_store_line=$1
	if ! rt_store_try "$2"; then
		rt_store_failed
	fi
	rt_store_line=
}

# rt_store_begin_all, rt_store_commit_all: many calls in one transaction.
# It cannot be taken up again: a sqlite3 that dies in it ends the call.
rt_store_begin_all() {
	rt_store_all=1
	rt_store_send 'BEGIN;'
}
rt_store_commit_all() {
	rt_point
	rt_store_try 'COMMIT;' || rt_store_failed
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
	case $1 in
	*locked* | *busy*)
		rt_die "$RT_LOCKED" "another run holds the lock" \
			"Nothing was changed. Look at it with: $rt_call status"
		;;
	*malformed* | *'not a database'* | *corrupt* | damaged*)
		rt_die "$RT_STORE" "the checkpoint store is damaged" \
			"$rt_dir/checkpoint.db" \
			"It is kept as it is, and nothing was changed." \
			"Put a good copy in its place; or move the folder" \
			"away, and run again."
		;;
	*full*)
		rt_die "$RT_STORE" "the disk is full" \
			"$rt_dir/checkpoint.db" \
			"What was recorded is safe. Make room, then:" \
			"$rt_call resume"
		;;
	esac
	rt_die "$RT_STORE" "the checkpoint store cannot be used" \
		"$rt_dir/checkpoint.db" \
		"sqlite3 says: ${1:-nothing; it was ended}"
}

# rt_store_close: a store that is left in order is one plain file, which
# another user can read.
rt_store_close() {
	[ -n "$rt_store_pid" ] || return 0
	if [ "$rt_store_mode" = rw ]; then
		rt_point
		[ -z "$rt_store_all" ] || rt_store_send 'ROLLBACK;'
		rt_store_send 'PRAGMA main.journal_mode=DELETE;'
	fi
	rt_store_send .quit
	# shellcheck disable=SC2162 # what is left in the pipe is thrown away
	while read rt_answer <&4; do :; done
	rt_store_reap
}
