# module: status
# provides: rt_verb_status rt_verb_list rt_status_open
# requires: base folder store query state history report text lock

# rt_status_open: opens the store to read it. Fails where no run is there.
# Sets rt_killed where a run is recorded as running while nobody holds the
# lock.
rt_status_open() {
	rt_killed=
	rt_folder_has || return 1
	rt_folder_check
	rt_store_open ro
	[ "$rt_schema" -ge 1 ] || return 1
	rt_history_current standing
	[ -n "$rt_run" ] || rt_history_current any
	[ "$rt_run_status" != running ] || rt_status_held || rt_killed=1
	[ -n "$rt_run" ]
}

# rt_status_held: true where a run holds the lock. That lock.db cannot be
# read says so, and for the journal its owner.
rt_status_held() {
	if [ -n "$rt_journal" ]; then
		rt_lock_held
	else
		[ "$(sqlite3 -batch -init /dev/null -readonly lock.db \
			'PRAGMA user_version;' 2>/dev/null)" != 1 ]
	fi
}

# rt_verb_status: the run, each step, and the drift of its state files.
rt_verb_status() {
	rt_comma=
	if rt_status_open; then
		# A dash behind one that is rolled back: it has no files.
		rt_lines ords "$rt_run"
		rt_ords=$rt_lines
		if [ -n "$rt_json" ]; then
			rt_status_json
		else
			rt_status_text
		fi
	elif [ -n "$rt_json" ]; then
		rt_status_head
		printf '%s,"run":null,"steps":[' "$RT_REPLY"
		waymark_plan rt_status_pending
		rt_print ']}'
	else
		rt_print "$RT_NAME: not installed here: no run in $rt_dir"
	fi
	rt_exit 0
}

# rt_status_head: RT_REPLY is the beginning of the JSON.
rt_status_head() {
	rt_text_json "$RT_NAME"
	rt_word="{\"installer\":$RT_REPLY"
	rt_text_json "${rt_old_version:-$RT_VERSION}"
	rt_word="$rt_word,\"version\":$RT_REPLY"
	rt_text_json "$rt_dir"
	RT_REPLY="$rt_word,\"dir\":$RT_REPLY"
}

# rt_status_pending: takes the plan's line of a step: its JSON where there
# is no run.
rt_status_pending() {
	rt_word=false
	case $5 in *c*) rt_word=true ;; esac
	rt_text_json "$4"
	printf '%s{"ord":%s,"id":"%s","name":%s,"status":"pending",%s' \
		"$rt_comma" "$1" "$2" "$RT_REPLY" "\"checkpoint\":$rt_word,"
	printf '"settled":false,"attempt":0,"started_at":null,%s' \
		'"ended_at":null,"duration_ms":null,"exit_code":null,'
	printf '"state_files":[]}'
	rt_comma=,
}

# rt_status_json: all of it as one object.
rt_status_json() {
	rt_status_head
	rt_head=$RT_REPLY
	rt_get run_json "$rt_run" "${rt_killed:-0}"
	printf '%s,"run":%s,"steps":[' "$rt_head" "$RT_REPLY"
	for rt_ord in $rt_ords; do
		rt_undone=${rt_ord#"${rt_ord%-}"} rt_ord=${rt_ord%-}
		rt_get step_json "$rt_run" "$rt_ord"
		rt_head=${RT_REPLY%?}
		rt_status_files
		printf '%s%s,"state_files":[%s]}' \
			"$rt_comma" "$rt_head" "$rt_out"
		rt_comma=,
	done
	rt_print ']}'
}

# rt_status_files: rt_out is the state files of the step rt_ord with their
# drift: JSON, or lines for people.
rt_status_files() {
	rt_out=
	[ -z "$rt_undone" ] || return 0
	rt_state_load "$rt_run" "$rt_ord"
	[ "$rt_paths" -eq 0 ] || rt_state_each rt_status_file
}

# rt_status_file N: adds one of them.
rt_status_file() {
	rt_state_drift "$1"
	rt_drift=$RT_REPLY
	[ -n "$rt_drift" ] || return 0
	if [ -n "$rt_json" ]; then
		rt_text_json "$rt_path"
		rt_out="$rt_out${rt_out:+,}{\"path\":$RT_REPLY,"
		rt_out="$rt_out\"kind\":\"$rt_kind\",\"drift\":\"$rt_drift\"}"
	else
		rt_text_line "$rt_path"
		rt_out="$rt_out        $rt_drift  $RT_REPLY$RT_NL"
	fi
}

# rt_status_text: all of it for people.
rt_status_text() {
	rt_get run_text "$rt_run"
	rt_word=$rt_run_status
	[ -z "$rt_killed" ] || rt_word='interrupted: it was killed'
	rt_print "$RT_NAME $rt_old_version: $rt_word"
	rt_print "run $RT_REPLY"
	rt_print "state in $rt_dir"
	for rt_ord in $rt_ords; do
		rt_undone=${rt_ord#"${rt_ord%-}"} rt_ord=${rt_ord%-}
		rt_get step_text "$rt_run" "$rt_ord"
		rt_print "$RT_REPLY"
		rt_status_files
		printf '%s' "$rt_out"
	done
	case $rt_run_status in
	completed | rolled_back) ;;
	*) rt_print "Continue with: $rt_call resume" ;;
	esac
}

# rt_verb_list: the checkpoints that a resume or a rollback can go by.
rt_verb_list() {
	if ! rt_status_open; then
		rt_say "no checkpoints: $RT_NAME has no run in $rt_dir"
		rt_exit 0
	fi
	rt_say "checkpoints of $RT_NAME $rt_old_version ($rt_run_status)," \
		"in $rt_dir:"
	rt_list rt_print checkpoints "$rt_run" "$rt_json"
	rt_get next "$rt_run"
	[ -z "$RT_REPLY" ] || rt_say "a resume begins with: $RT_REPLY"
	rt_exit 0
}
