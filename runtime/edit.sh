# module: edit
# provides: rt_line_in_file rt_block_in_file
# requires: action edit-region

# A line or a block is put into a file that holds other people's lines as
# well. What an undo needs is recorded first: before (the whole file, where it
# was there), after (what it becomes), block (what is put in) and old (what
# stood in its place).

# rt_line_in_file PATH LINE: PATH has LINE, behind all else where it is new.
rt_line_in_file() {
	rt_edit_open "$1"
	if [ -f "$rt_path" ] && grep -q -F -x -e "$2" <"$rt_path"; then
		rt_action_said ok
		return 0
	fi
	rt_edit "$2$RT_NL"
}

# rt_block_in_file PATH COMMENT NAME: PATH has the lines of standard input
# between two comments that name the block.
rt_block_in_file() {
	rt_edit_open "$1"
	rt_edit "$2 >>> $3 >>>$RT_NL$(cat)$RT_NL$2 <<< $3 <<<$RT_NL"
}

# rt_edit_open PATH: sets rt_path to the file that is edited: what a link
# leads to, so that it stays a link.
rt_edit_open() {
	rt_action_open "$1"
	rt_links=0
	while [ -L "$rt_path" ]; do
		rt_links=$((rt_links + 1))
		[ "$rt_links" -le 40 ] || rt_action_fail "links to itself"
		rt_state_look "$rt_path"
		case $rt_digest in
		/*) rt_path=$rt_digest ;;
		*) rt_path=${rt_path%/*}/$rt_digest ;;
		esac
	done
	[ ! -e "$rt_path" ] || [ -f "$rt_path" ] ||
		rt_action_fail "is no file"
}

# rt_edit BLOCK: puts BLOCK in the place of the region that has its first and
# last line, or behind all else.
rt_edit() {
	rt_action_parents "$rt_path"
	rt_action_new
	# With the mode, and for root the owner, of the file.
	if [ -f "$rt_path" ]; then
		cp -p "$rt_path" "$rt_new"
	fi
	rm -f "$rt_backup/.old"
	(umask 077 && printf '%s' "$1" >"$rt_backup/.block")
	rt_status=1
	if [ -s "$rt_path" ]; then
		rt_status=0
		edit_region "$rt_path" "$rt_backup/.block" "$rt_backup/.block" \
			"$rt_backup/.old" >"$rt_new" || rt_status=$?
	fi
	case $rt_status in
	0) ;;
	1) rt_edit_append "$1" ;;
	*) rt_action_fail "cannot be edited (awk exits $rt_status)" ;;
	esac
	if cmp -s "$rt_backup/.old" "$rt_backup/.block"; then
		rm -f "$rt_new"
		rt_action_said ok
		return 0
	fi
	rt_edit_record
	rt_action_replace
}

# rt_edit_append BLOCK: fills rt_new with the file and BLOCK behind it.
rt_edit_append() {
	: >"$rt_new"
	if [ -s "$rt_path" ]; then
		cat "$rt_path" >"$rt_new"
		# Its last line may have no end.
		[ -z "$(tail -c 1 "$rt_path")" ] || echo >>"$rt_new"
	fi
	printf '%s' "$1" >>"$rt_new"
}

# rt_edit_record: what an undo must know, before the file is replaced. What
# was there before the first attempt of a run stays.
rt_edit_record() {
	(
		umask 077
		cd "$rt_backup" || exit
		cp "$rt_new" after
		if [ ! -e block ]; then
			[ ! -f "$rt_path" ] || cp "$rt_path" before
			[ ! -f .old ] || mv -f .old old
			sync ./* . 2>/dev/null || sync
		fi
	)
	rt_action_record path "$rt_path"
	mv -f "$rt_backup/.block" "$rt_backup/block"
	rt_action_sync "$rt_backup/block" "$rt_backup/after" "$rt_backup"
}
