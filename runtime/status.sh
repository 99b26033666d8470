# module: status
# provides: rt_verb_status rt_verb_list
# requires: folder store schema state history report

# rt_status_open: opens the store to read it. Fails where there is none.
rt_status_open() {
	rt_folder_has || return 1
	rt_folder_check
	rt_store_open ro
	[ "$rt_schema" -ge 1 ] || return 1
	rt_history_current
	[ -n "$rt_run" ] || rt_history_current any
	rt_status_alive
	[ -n "$rt_run" ]
}

# rt_status_alive: a run that is recorded as running, while nobody holds
# the lock, was killed: sets rt_killed.
rt_status_alive() {
	rt_killed=
	[ "$rt_run_status" = running ] || return 0
	# lock.db cannot be read while a run holds it.
	[ "$(sqlite3 -batch -init /dev/null -readonly lock.db \
		'PRAGMA user_version;' 2>/dev/null)" != 1 ] || rt_killed=1
}

# rt_verb_status: the run, each step, and the drift of its state files.
rt_verb_status() {
	if ! rt_status_open; then
		if [ -n "$rt_json" ]; then
			rt_status_head
			printf '%s,"run":null,"steps":[' "$RT_REPLY"
			rt_comma=
			waymark_plan rt_status_pending
			rt_print ']}'
		else
			rt_print "$RT_NAME: not installed here: no run in $rt_dir"
		fi
		rt_exit 0
	fi
	rt_ords=
	rt_store_each rt_status_ord "SELECT ord FROM step_checkpoints
WHERE run=$rt_run ORDER BY ord;"
	if [ -n "$rt_json" ]; then
		rt_status_json
	else
		rt_status_text
	fi
	rt_exit 0
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

# rt_status_ord ORD: collects the steps of the run.
rt_status_ord() {
	rt_ords="$rt_ords $1"
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

# rt_status_json: all of it as one object.
rt_status_json() {
	rt_status_head
	rt_head=$RT_REPLY
	rt_store_ask "SELECT json_object('id',id,'status',status,
'started_at',started_at,'ended_at',ended_at,'exit_code',exit_code,
'interrupted',json(CASE '$rt_killed' WHEN '1' THEN 'true' ELSE 'false' END))
FROM installer_runs WHERE run=$rt_run;"
	printf '%s,"run":%s,"steps":[' "$rt_head" "$RT_REPLY"
	rt_comma=
	for rt_ord in $rt_ords; do
		rt_store_ask "SELECT json_object('ord',ord,'id',step,'name',name,
'status',status,'checkpoint',json(CASE checkpoint WHEN 1 THEN 'true' ELSE
'false' END),'settled',json(CASE settled WHEN 1 THEN 'true' ELSE 'false'
END),'attempt',attempt,'started_at',started_at,'ended_at',ended_at,
'duration_ms',duration_ms,'exit_code',exit_code)
FROM steps WHERE run=$rt_run AND ord=$rt_ord;"
		rt_head=${RT_REPLY%?}
		rt_state_load "$rt_run" "$rt_ord"
		rt_status_files
		printf '%s%s,"state_files":[%s]}' "$rt_comma" "$rt_head" "$rt_out"
		rt_comma=,
	done
	rt_print ']}'
}

# rt_status_files: rt_out is the state files with their drift: JSON, or
# lines for people.
rt_status_files() {
	rt_out='' rt_i=0 rt_sep=''
	[ "$rt_paths" -gt 0 ] || return 0
	rt_state_args rt_state_scan
	rt_i=0
	while [ "$rt_i" -lt "$rt_paths" ]; do
		rt_i=$((rt_i + 1))
		eval "rt_path=\$rt_path_$rt_i"
		rt_state_get post "$rt_i"
		[ "$rt_kind" != - ] || continue
		rt_state_drift "$rt_i"
		rt_drift=$RT_REPLY
		if [ -n "$rt_json" ]; then
			rt_text_json "$rt_path"
			rt_out="$rt_out$rt_sep{\"path\":$RT_REPLY,\"kind\":\"$rt_kind\""
			rt_out="$rt_out,\"drift\":\"$rt_drift\"}"
			rt_sep=,
		else
			rt_out="$rt_out        $rt_drift  $rt_path$RT_NL"
		fi
	done
}

# rt_status_text: all of it for people.
rt_status_text() {
	rt_store_ask "SELECT id||', started '||started_at||
coalesce(', ended '||ended_at,'') FROM installer_runs WHERE run=$rt_run;"
	rt_word=$rt_run_status
	[ -z "$rt_killed" ] || rt_word='interrupted: it was killed while it ran'
	rt_print "$RT_NAME $rt_old_version: $rt_word"
	rt_print "run $RT_REPLY"
	rt_print "state in $rt_dir"
	for rt_ord in $rt_ords; do
		rt_store_ask "SELECT '['||ord||'] '||step||': '||status||
CASE WHEN status='failed' THEN ' (exit '||exit_code||')' ELSE '' END||
CASE WHEN duration_ms IS NULL OR status NOT IN ('completed','failed')
THEN '' ELSE ', '||duration_ms||' ms' END||
CASE WHEN undoing THEN ', undo begun' WHEN settled THEN ', settled'
ELSE '' END||CASE WHEN attempt>1 THEN ', attempt '||attempt ELSE '' END
FROM steps WHERE run=$rt_run AND ord=$rt_ord;"
		rt_print "  $RT_REPLY"
		rt_state_load "$rt_run" "$rt_ord"
		rt_status_files
		printf '%s' "$rt_out"
	done
	case $rt_run_status in
	completed) ;;
	*) rt_print "continue with: $rt_call resume" ;;
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
	if [ -n "$rt_json" ]; then
		rt_word="json_object('event','checkpoint','step',step,'ord',ord,
'name',name,'status',status,'ended_at',ended_at)"
	else
		rt_word="'  '||step||'  '||status||'  '||coalesce(ended_at,'')||'  '||
name"
	fi
	rt_store_each rt_print "SELECT $rt_word FROM steps WHERE run=$rt_run
AND checkpoint AND status IN ('completed','skipped') AND NOT undoing
ORDER BY ord;"
	rt_store_ask "SELECT step||' ('||status||')' FROM steps
WHERE run=$rt_run AND NOT settled ORDER BY ord LIMIT 1;"
	[ -z "$RT_REPLY" ] || rt_say "a resume begins with: $RT_REPLY"
	rt_exit 0
}
