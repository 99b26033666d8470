# module: symlink
# provides: rt_symlink
# requires: action

# rt_symlink PATH TARGET: makes PATH a symbolic link to TARGET.
rt_symlink() {
	rt_path_resolve "$2"
	set -- "$1" "$RT_REPLY"
	rt_action_open "$1"
	rt_state_look "$rt_path"
	if [ "$rt_kind$rt_digest" = "symlink$2" ]; then
		rt_action_said ok
		return 0
	fi
	[ "$rt_kind" != directory ] ||
		rt_action_fail "is a folder: no link was made"
	rt_action_parents "$rt_path"
	rt_action_made "$rt_path"
	# A rename would go into the folder that a link points to.
	rm -f "$rt_path"
	ln -s "$2" "$rt_path"
	rt_action_sync "${rt_path%/*}/"
	rt_action_said changed
}
