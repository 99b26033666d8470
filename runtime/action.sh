# module: action
# provides: rt_action_open rt_action_parents rt_action_made rt_action_look
# provides: rt_action_install rt_action_replace rt_action_new
# provides: rt_action_sync rt_action_said rt_action_fail rt_action_record
# requires: base folder look

# What a step with an action of its own shares with the others: it looks
# first, records what its undo must know before it acts, and puts a file in
# its place by a rename. What it records is in backup/STEP/RUN: path, looks
# (a mode and an owner from before), made.N (what was not there, in order).

# rt_action_open PATH: sets rt_path to PATH on this host, and rt_backup.
rt_action_open() {
	rt_path_resolve "$1"
	rt_path=$RT_REPLY
	rt_backup=$WAYMARK_DIR/backup/$WAYMARK_STEP/$rt_run
	(umask 077 && mkdir -p "$rt_backup")
}

# rt_action_sync PATH ...: on the disk, with bytes and names.
rt_action_sync() {
	sync "$@" 2>/dev/null || sync
}

# rt_action_record NAME TEXT: keeps TEXT as backup/STEP/RUN/NAME, whole.
rt_action_record() {
	(umask 077 && printf '%s' "$2" >"$rt_backup/.new")
	rt_action_sync "$rt_backup/.new"
	mv -f "$rt_backup/.new" "$rt_backup/$1"
	rt_action_sync "$rt_backup"
}

# rt_action_made PATH: an undo removes PATH, if it is not there yet.
rt_action_made() {
	if [ -e "$1" ] || [ -L "$1" ]; then
		return 0
	fi
	rt_n=1
	while [ -e "$rt_backup/made.$rt_n" ]; do
		[ "$(cat "$rt_backup/made.$rt_n")" != "$1" ] || return 0
		rt_n=$((rt_n + 1))
	done
	rt_action_record "made.$rt_n" "$1"
}

# rt_action_parents PATH: makes the folders above it that are missing.
rt_action_parents() {
	while :; do
		rt_parent=${1%/*}
		if [ -z "$rt_parent" ] || [ -d "$rt_parent" ]; then
			break
		fi
		set -- "$rt_parent" "$@"
	done
	while [ $# -gt 1 ]; do
		rt_action_made "$1"
		mkdir "$1" || [ -d "$1" ]
		shift
	done
}

# rt_action_look PATH: sets rt_kind, and rt_mode and rt_owner of what is
# there; of a folder without its contents.
rt_action_look() {
	if [ -d "$1" ] && [ ! -L "$1" ]; then
		rt_kind=directory
		# shellcheck disable=SC2046 # split into fields on purpose
		set -- $(rt_ls "$1")
		rt_state_octal "$1"
		rt_mode=$RT_REPLY rt_owner=$3:$4
	else
		rt_state_look "$1"
	fi
}

# rt_action_new: sets rt_new, the name beside rt_path that a file is made by.
rt_action_new() {
	rt_new=${rt_path%/*}/.waymark-new.${rt_path##*/}
	rm -rf "$rt_new"
}

# rt_action_install MODE OWNER: gives rt_new MODE and OWNER, where they are
# not empty, and else those of the file that it replaces, and renames it to
# rt_path. Nothing is done where that is the same already.
rt_action_install() {
	rt_old_mode='' rt_old_owner=
	rt_action_look "$rt_path"
	if [ "$rt_kind" = file ]; then
		rt_old_mode=$rt_mode rt_old_owner=$rt_owner
	fi
	rt_action_look "$rt_new"
	if [ -n "$2" ]; then
		chown "$2" "$rt_new"
	elif [ "$rt_owner" != "${rt_old_owner:-$rt_owner}" ]; then
		chown "$rt_old_owner" "$rt_new"
	fi
	[ -z "$1$rt_old_mode" ] || chmod "${1:-$rt_old_mode}" "$rt_new"
	rt_action_look "$rt_new"
	if [ "$rt_old_mode $rt_old_owner" = "$rt_mode $rt_owner" ] &&
		cmp -s "$rt_new" "$rt_path"; then
		rm -f "$rt_new"
		rt_action_said ok
		return 0
	fi
	rt_action_made "$rt_path"
	rt_action_replace
}

# rt_action_replace: renames rt_new to rt_path, both on the disk.
rt_action_replace() {
	rt_action_sync "$rt_new"
	mv -f "$rt_new" "$rt_path"
	rt_action_sync "${rt_path%/*}/"
	rt_action_said changed
}

# rt_action_said ok|changed: for the log, and for the line of the step.
rt_action_said() {
	printf '%s: %s\n' "$1" "$rt_path"
	printf '%s\n' "$1" >"$rt_fifo/said"
}

# rt_action_fail WHY: ends the step. rt_path is as it was.
rt_action_fail() {
	printf '%s: %s\n' "$rt_path" "$1"
	exit 1
}
