# module: file-write
# provides: rt_file_write
# requires: action

# rt_file_write PATH MODE OWNER END: PATH gets the bytes of standard input;
# without their last newline where END is "no-newline". MODE and OWNER may be
# empty: then those of an earlier file stay.
rt_file_write() {
	rt_action_open "$1"
	[ ! -d "$rt_path" ] || [ -L "$rt_path" ] ||
		rt_action_fail "is a folder: nothing was written"
	rt_action_parents "$rt_path"
	rt_action_new
	# Nobody else reads it before it has its mode.
	case $2 in
	'') [ ! -f "$rt_path" ] || umask 077 ;;
	*) umask 077 ;;
	esac
	if [ "$4" = no-newline ]; then
		printf '%s' "$(cat)" >"$rt_new"
	else
		cat >"$rt_new"
	fi
	rt_action_install "$2" "$3"
}
