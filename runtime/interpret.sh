# module: interpret
# provides: rt_interpret
# requires:

# rt_interpret WORD ...: runs standard input's text as a file with the
# interpreter WORD ...: such a step's function is a call of this.
rt_interpret() {
	command -v "$1" >/dev/null 2>&1 || {
		printf '%s: this step needs %s, which is not on this host\n' \
			"$WAYMARK_STEP" "$1"
		exit 127
	}
	rt_script=$WAYMARK_DIR/logs/$WAYMARK_STEP.script
	cat >"$rt_script" || exit 1
	exec "$@" "$rt_script" </dev/null
}
