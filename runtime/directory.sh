# module: directory
# provides: rt_directory
# requires: action

# rt_directory PATH MODE OWNER: makes the folder PATH with those above it, or
# gives one that is there MODE and OWNER, where they are not empty.
rt_directory() {
	rt_action_open "$1"
	set -- "$2" "$3"
	rt_said=ok
	if [ ! -d "$rt_path" ]; then
		if [ -e "$rt_path" ] || [ -L "$rt_path" ]; then
			rt_action_fail "is there, and no folder"
		fi
		rt_action_parents "$rt_path"
		rt_action_made "$rt_path"
		mkdir "$rt_path"
		rt_said=changed
	fi
	rt_action_look "$rt_path/."
	rt_directory_looks "$rt_mode" "$rt_owner" "$@"
	rt_action_said "$rt_said"
}

# rt_directory_looks HAS_MODE HAS_OWNER MODE OWNER: changes what differs;
# the first looks of a run are what an undo restores.
rt_directory_looks() {
	if [ -z "$4" ] && { [ -z "$3" ] || [ "$3" = "$1" ]; }; then
		return 0
	fi
	if [ ! -e "$rt_backup/looks" ]; then
		rt_action_record path "$rt_path"
		rt_action_record looks "$1 $2$RT_NL"
	fi
	[ -z "$4" ] || chown "$4" "$rt_path"
	[ -z "$3" ] || chmod "$3" "$rt_path"
	rt_action_look "$rt_path/."
	[ "$rt_mode $rt_owner" = "$1 $2" ] || rt_said=changed
}
