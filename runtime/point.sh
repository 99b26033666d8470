# module: point
# provides: rt_point rt_point_set
# requires:

# rt_point_set: where WAYMARK_KILL_AT=N is in the environment, which tests
# set, the Nth point that this call comes to ends it as kill -9 would.
rt_point_set() {
	case ${WAYMARK_KILL_AT-} in
	'' | *[!0-9]*) ;;
	*) rt_kill_at=$WAYMARK_KILL_AT ;;
	esac
	unset WAYMARK_KILL_AT
}

# rt_point: one of them: they are before and after all that is written.
rt_point() {
	[ -n "$rt_kill_at" ] || return 0
	rt_kill_at=$((rt_kill_at - 1))
	[ "$rt_kill_at" -gt 0 ] || kill -s KILL "$$"
}
