# module: undo-edit
# provides: undo_edit
# requires: edit-region

# undo_edit: takes out what was put into a file: as it was left the whole file
# goes back; of one that was edited since the rest stays as it is.
undo_edit() {
	[ -f "$WAYMARK_BACKUP/block" ] || return 0
	path=$(cat "$WAYMARK_BACKUP/path")
	new=${path%/*}/.waymark-new.${path##*/}
	rm -f "$new"
	if [ -f "$path" ]; then
		# For its mode and owner, which may have changed since.
		cp -p "$path" "$new"
		undo_region
		if [ -s "$new" ] || [ -f "$WAYMARK_BACKUP/before" ]; then
			sync "$new" 2>/dev/null || sync
			mv -f "$new" "$path"
		else
			rm -f "$new" "$path"
		fi
	fi
	for fact in before after old block; do
		rm -f "$WAYMARK_BACKUP/$fact"
	done
}

# undo_region: fills new with path as it is without the block.
undo_region() {
	if cmp -s "$path" "$WAYMARK_BACKUP/after"; then
		if [ -f "$WAYMARK_BACKUP/before" ]; then
			cat "$WAYMARK_BACKUP/before" >"$new"
		else
			: >"$new"
		fi
		return 0
	fi
	old=$WAYMARK_BACKUP/old
	[ -f "$old" ] || old=/dev/null
	status=0
	edit_region "$path" "$WAYMARK_BACKUP/block" "$old" /dev/null \
		>"$new" || status=$?
	case $status in
	0) ;;
	1) cat "$path" >"$new" ;;
	*) exit "$status" ;;
	esac
}
