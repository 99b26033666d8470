# module: state
# provides: rt_state_before rt_state_after rt_state_load rt_state_args
# provides: rt_state_keep_edits rt_state_restore rt_state_drift
# provides: rt_state_paths rt_state_each rt_state_copy rt_state_unescape
# requires: base look folder text store query report point

# rt_state_paths WORD ...: the plan's words, resolved into rt_path_N.
rt_state_paths() {
	rt_paths=0
	for rt_word in ${1+"$@"}; do
		rt_paths=$((rt_paths + 1))
		rt_path_resolve "$rt_word"
		eval "rt_path_$rt_paths=\$RT_REPLY"
	done
}

# rt_state_args FUNCTION: calls it with all of rt_path_N.
rt_state_args() {
	rt_function=$1 rt_i=0
	set --
	while [ "$rt_i" -lt "$rt_paths" ]; do
		rt_i=$((rt_i + 1))
		eval "set -- \${1+\"\$@\"} \"\$rt_path_$rt_i\""
	done
	"$rt_function" ${1+"$@"}
}

# rt_state_each FUNCTION [ARG]: scans the host, then calls it with N and ARG
# for each state file, with rt_path and rt_copy set.
rt_state_each() {
	rt_state_args rt_state_scan
	rt_each=$1 rt_i=0
	while [ "$rt_i" -lt "$rt_paths" ]; do
		rt_i=$((rt_i + 1))
		eval "rt_path=\$rt_path_$rt_i rt_copy=\${rt_copy_$rt_i-}"
		"$rt_each" "$rt_i" "${2-}"
	done
}

# rt_state_record NAME N [ARG ...]: adds the request NAME to rt_sql, with
# ARGs and what the host shows of N.
rt_state_record() {
	rt_op=$1 rt_number=$2
	shift 2
	rt_state_get now "$rt_number"
	eval "rt_size=\$rt_now_size_$rt_number"
	rt_q "$rt_op" "$rt_run" "$rt_ord" "$rt_number" ${1+"$@"} \
		"$rt_kind" "$rt_digest" "$rt_mode" "$rt_owner" "$rt_size"
	rt_sql=$rt_sql$RT_REPLY
}

# rt_state_before ORD STEP: saves what the rt_paths are before a step
# begins; rt_snapshot is empty where no pre-images are wanted. RT_REPLY is
# the request that records it.
rt_state_before() {
	rt_sql='' rt_copied='' rt_ord=$1
	rt_state_each rt_state_before_one "$2"
	# A pre-image is on the disk before the record that promises it.
	[ -z "$rt_copied" ] || sync -f backup 2>/dev/null || sync
	RT_REPLY=$rt_sql
}

# rt_state_before_one N STEP: one of them.
rt_state_before_one() {
	rt_copy=
	if [ -n "$rt_snapshot" ]; then
		rt_copy=backup/$2/$rt_run/$1
		rt_state_get now "$1"
		if [ "$rt_kind" != absent ]; then
			rt_copied=1
			rt_state_copy "$rt_path" "backup/$2/$rt_run" "$1" ||
				rt_die "$RT_STORE" "no pre-image of $rt_path" \
					"$2 was not begun. Is the disk full?" \
					"Then: $rt_call resume"
		fi
	fi
	rt_state_record state_before "$1" "$rt_path" "$rt_copy"
}

# rt_state_copy PATH FOLDER NAME: a whole copy, or none.
rt_state_copy() {
	rt_point
	rm -rf "${2:?}/$3" && mkdir -p "$2" && cp -RPp "$1" "$2/$3" && rt_point
} 3>&- 4<&-

# rt_state_after ORD: RT_REPLY is the request that records what the rt_paths
# are after the step.
rt_state_after() {
	rt_sql='' rt_ord=$1
	rt_state_each rt_state_after_one
	RT_REPLY=$rt_sql
}

# rt_state_after_one N: one of them.
rt_state_after_one() {
	rt_state_record state_after "$1"
}

# rt_state_unescape TEXT: RT_REPLY is what a store escaped for one line.
rt_state_unescape() {
	RT_REPLY=${1#=}
	case $1 in
	*\\*)
		RT_REPLY=$(printf '%b.' "$RT_REPLY")
		RT_REPLY=${RT_REPLY%.}
		;;
	esac
}

# rt_state_load RUN ORD: fills rt_path_N, rt_copy_N, rt_pre_*_N and
# rt_post_*_N from the store; what is not there is empty.
rt_state_load() {
	rt_paths=0 rt_part=0
	rt_list rt_state_take state_load "$1" "$2"
}

# rt_state_take LINE: one line of rt_state_load's answer; four a file.
rt_state_take() {
	rt_part=$((rt_part % 4 + 1))
	case $rt_part in
	1)
		rt_paths=$((rt_paths + 1))
		rt_state_unescape "$1"
		eval "rt_path_$rt_paths=\$RT_REPLY"
		;;
	2)
		rt_state_unescape "$1"
		eval "rt_pre_digest_$rt_paths=\$RT_REPLY"
		;;
	3)
		rt_state_unescape "$1"
		eval "rt_post_digest_$rt_paths=\$RT_REPLY"
		;;
	4)
		IFS='|'
		# shellcheck disable=SC2086 # split into fields on purpose
		set -- $1
		IFS=$RT_IFS
		eval "rt_copy_$rt_paths=\$1 rt_pre_kind_$rt_paths=\$2
		rt_pre_mode_$rt_paths=\$3 rt_pre_owner_$rt_paths=\$4
		rt_post_kind_$rt_paths=\$5 rt_post_mode_$rt_paths=\$6
		rt_post_owner_$rt_paths=\$7"
		;;
	esac
}

# rt_state_drift N: RT_REPLY is same, changed or missing: the host against
# what the step left; empty where that is not known.
rt_state_drift() {
	RT_REPLY=changed
	if rt_state_is post "$1"; then
		RT_REPLY=same
	elif [ -z "$rt_kind" ]; then
		RT_REPLY=
	elif [ "${rt_looks%% *}" = absent ]; then
		RT_REPLY=missing
	fi
}

# rt_state_keep_edits STEP: a file that somebody changed after the step is
# copied to backup/STEP/conflict/ and named, before anything touches it.
rt_state_keep_edits() {
	[ "$rt_paths" -eq 0 ] || rt_state_each rt_state_keep_edit "$1"
}

# rt_state_keep_edit N STEP: one of them.
rt_state_keep_edit() {
	rt_state_drift "$1"
	[ "$RT_REPLY" = changed ] || return 0
	rt_state_is pre "$1" && return 0
	rt_slot=1
	while [ -e "backup/$2/conflict/$rt_slot" ]; do
		rt_slot=$((rt_slot + 1))
	done
	rt_kept=backup/$2/conflict/$rt_slot
	rt_state_copy "$rt_path" "$rt_kept" "${rt_path##*/}" ||
		rt_die "$RT_STORE" "an edited file cannot be kept: $rt_path" \
			"Step $2 was not touched. Is the disk full?"
	rt_kept=$rt_dir/$rt_kept/${rt_path##*/}
	rt_warn "conflict: $rt_path was changed after step $2"
	rt_hint "kept as $rt_kept"
	rt_event conflict step "$2" path "$rt_path" kept "$rt_kept"
}

# rt_state_restore STEP: puts each state file back that is not what it was
# before the step. Fails where one cannot be; its pre-image stays.
rt_state_restore() {
	rt_bad=0
	[ "$rt_paths" -eq 0 ] || rt_state_each rt_state_restore_one "$1"
	return "$rt_bad"
}

# rt_state_restore_one N STEP: one of them.
rt_state_restore_one() {
	[ -n "$rt_copy" ] || return 0
	rt_state_is pre "$1" && return 0
	rt_point
	rt_state_put_back && rt_point && return 0
	rt_bad=1
	[ -z "$rt_signal" ] || return 0
	rt_warn "step $2: cannot put back $rt_path from $rt_dir/$rt_copy"
}

# rt_state_put_back: replaces rt_path by rt_copy, which is of rt_kind: built
# beside its place and moved in.
rt_state_put_back() {
	if [ "$rt_kind" = absent ]; then
		rm -rf "$rt_path"
		return
	fi
	rt_parent=${rt_path%/*}
	rt_new=$rt_parent/.waymark-new.${rt_path##*/}
	rt_old=$rt_parent/.waymark-old.${rt_path##*/}
	mkdir -p "${rt_parent:-/}" && rm -rf "$rt_new" "$rt_old" &&
		cp -RPp "$rt_copy" "$rt_new" || return 1
	# A rename replaces a file by a file; all else is moved away first.
	if [ -L "$rt_path" ] || [ -d "$rt_path" ] || {
		[ -e "$rt_path" ] && [ "$rt_kind" = directory ]
	}; then
		mv "$rt_path" "$rt_old" || return 1
	fi
	rt_point
	mv -f "$rt_new" "$rt_path" && rm -rf "$rt_old"
} 3>&- 4<&-
