# module: undo-made
# provides: undo_made
# requires:

# undo_made: gives a folder its mode and owner back, and removes what was not
# there before, the last one first. A folder that holds something stays.
undo_made() {
	if [ -f "$WAYMARK_BACKUP/looks" ]; then
		path=$(cat "$WAYMARK_BACKUP/path")
		read -r mode owner <"$WAYMARK_BACKUP/looks"
		if [ -d "$path" ]; then
			chown "$owner" "$path"
			chmod "$mode" "$path"
		fi
	fi
	n=1
	while [ -e "$WAYMARK_BACKUP/made.$n" ]; do
		n=$((n + 1))
	done
	while [ "$n" -gt 1 ]; do
		n=$((n - 1))
		path=$(cat "$WAYMARK_BACKUP/made.$n")
		if [ -d "$path" ] && [ ! -L "$path" ]; then
			rmdir "$path" 2>/dev/null || :
		else
			rm -f "$path"
		fi
		rm -f "$WAYMARK_BACKUP/made.$n"
	done
	rm -f "$WAYMARK_BACKUP/looks" "$WAYMARK_BACKUP/path"
}
