# module: drift
# provides: rt_drift_find rt_drift_run_again
# requires: base query state report text

# rt_drift_find: sets rt_gone to the ids of the settled steps of rt_run one
# of whose state files is missing, and rt_gone_ords to their numbers. A path
# that a later step left otherwise is that step's matter.
rt_drift_find() {
	rt_gone='' rt_gone_ords='' rt_judged=$RT_NL
	rt_lines kept "$rt_run"
	while read -r rt_ord rt_id; do
		[ -n "$rt_id" ] || continue
		rt_state_load "$rt_run" "$rt_ord"
		rt_drift_missing
		[ -n "$rt_missing" ] || continue
		rt_gone="$rt_gone $rt_id" rt_gone_ords="$rt_gone_ords $rt_ord"
	done <<EOF
$rt_lines
EOF
}

# rt_drift_missing: sets rt_missing to a path that was loaded, is gone from
# the host, and is of no later step; empty where there is none.
rt_drift_missing() {
	rt_i=0 rt_missing=
	while [ "$rt_i" -lt "$rt_paths" ]; do
		rt_i=$((rt_i + 1))
		eval "rt_path=\$rt_path_$rt_i rt_kind=\$rt_post_kind_$rt_i"
		case $rt_judged in *"$RT_NL$rt_path$RT_NL"*) continue ;; esac
		rt_judged=$rt_judged$rt_path$RT_NL
		case $rt_kind in '' | absent) continue ;; esac
		[ -e "$rt_path" ] || [ -L "$rt_path" ] || rt_missing=$rt_path
	done
}

# rt_drift_run_again: the steps of rt_gone are to run again; with --strict
# that is refused.
rt_drift_run_again() {
	[ -n "$rt_gone" ] || return 0
	[ -z "$rt_strict" ] ||
		rt_die "$RT_USAGE" "settled steps lack state files:$rt_gone" \
			"Nothing was done. Without --strict these run again." \
			"Which they are says: $rt_call status"
	for rt_ord in $rt_gone_ords; do
		rt_put rerun "$rt_run" "$rt_ord"
	done
	for rt_word in $rt_gone; do
		rt_say "step $rt_word runs again: a state file of it is missing"
		rt_event step_rerun step "$rt_word" why missing
	done
}
