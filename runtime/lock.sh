# module: lock
# provides: rt_lock_take rt_lock_held rt_lock_who
# requires: base report store process

# The lock of the journal: files lock.N, each a hard link to a line that
# says who took it. Whoever makes the next number has it, where the maker of
# the last one is dead. None is given back: it could be had twice. Whether a
# process in another container lives, flock says: descriptor 8 holds one.

RT_BOOT_ID=/proc/sys/kernel/random/boot_id

# rt_lock_who PID: RT_REPLY is "PID" with when it started, so that a number
# that was used again does not count; empty where none runs.
rt_lock_who() {
	RT_REPLY=
	if [ -r /proc/self/stat ]; then
		{ read -r rt_line <"/proc/$1/stat"; } 2>/dev/null || return 0
		rt_word=
		{ read -r rt_word <"$RT_BOOT_ID"; } 2>/dev/null
		rt_pid=$1
		# The name in brackets may hold blanks: cut it off.
		# shellcheck disable=SC2086 # split into fields
		set -- ${rt_line##*") "}
		case $1 in Z* | X*) return 0 ;; esac
		shift 19
		RT_REPLY="$rt_pid $1 $rt_word"
	else
		RT_REPLY=$(ps -o lstart= -p "$1" 2>/dev/null)
		[ -z "$RT_REPLY" ] || RT_REPLY="$1 $RT_REPLY"
	fi
}

# rt_lock_space: RT_REPLY names the container whose pids this call sees.
rt_lock_space() {
	RT_REPLY=$(readlink /proc/self/ns/pid 2>/dev/null || echo host)
}

# rt_lock_held: true where a process that runs has the lock. Sets rt_top to
# the last number.
rt_lock_held() {
	rt_top=0
	set +f
	for rt_word in lock.[0-9]*; do
		case ${rt_word#lock.} in *[!0-9]*) continue ;; esac
		[ "${rt_word#lock.}" -le "$rt_top" ] || rt_top=${rt_word#lock.}
	done
	set -f
	rt_owner=
	{ read -r rt_owner <"lock.$rt_top"; } 2>/dev/null
	[ -n "$rt_owner" ] || return 1
	rt_lock_space
	if [ "${rt_owner%% *}" = "$RT_REPLY" ]; then
		rt_owner=${rt_owner#* }
		rt_lock_who "${rt_owner%% *}"
		[ "$RT_REPLY" = "$rt_owner" ]
		return
	fi
	command -v flock >/dev/null 2>&1 &&
		! flock -n -s 0 <"lock.$rt_top" 2>/dev/null
}

# rt_lock_take: takes it, or ends this call with 4.
rt_lock_take() {
	[ -z "$rt_locked" ] || return 0
	rt_lock_who "$$"
	rt_owner=$RT_REPLY
	rt_lock_space
	printf '%s\n' "$RT_REPLY $rt_owner" >"$rt_fifo/lock"
	exec 8<"$rt_fifo/lock"
	! command -v flock >/dev/null 2>&1 || flock -n 0 <&8
	rt_tries=0
	while :; do
		! rt_lock_held || rt_store_locked
		rt_mine=$((rt_top + 1))
		if ln "$rt_fifo/lock" "lock.$rt_mine" 2>/dev/null; then
			rt_lock_held
			[ "$rt_top" -gt "$rt_mine" ] || break
			rm -f "lock.$rt_mine"
		fi
		rt_tries=$((rt_tries + 1))
		[ "$rt_tries" -lt 100 ] ||
			rt_die "$RT_STORE" "no lock can be made in $rt_dir" \
				"Its file system has no hard links." \
				"With sqlite3 on this host none are needed."
	done
	rt_locked=1
	set +f
	for rt_word in lock.[0-9]*; do
		set -f
		[ "$rt_word" = "lock.$rt_mine" ] || rm -f "$rt_word"
	done
	set -f
}
