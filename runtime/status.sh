# module: status
# provides: rt_verb_status rt_verb_list rt_status_open
# requires: base folder store schema state history report text

# rt_status_open: opens the store to read it. Fails where no run is there.
# Sets rt_killed where a run is recorded as running while nobody holds the
# lock: lock.db cannot be read while a run does.
rt_status_open() {
	rt_killed=
	rt_folder_has || return 1
	rt_folder_check
	rt_store_open ro
	[ "$rt_schema" -ge 1 ] || return 1
	rt_history_current standing
	[ -n "$rt_run" ] || rt_history_current any
	[ "$rt_run_status" != running ] || [ "$(sqlite3 -batch \
		-init /dev/null -readonly lock.db 'PRAGMA user_version;' \
		2>/dev/null)" != 1 ] || rt_killed=1
	[ -n "$rt_run" ]
}

# rt_verb_status: the run, each step, and the drift of its state files.
rt_verb_status() {
	rt_ords='' rt_comma=''
	if rt_status_open; then
		rt_store_each rt_status_ord "SELECT
ord||iif(status='rolled_back','-','') FROM step_checkpoints
WHERE run=$rt_run ORDER BY ord;"
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

# rt_status_ord ORD: collects the steps of the run; a dash behind one that
# is rolled back says that its state files are of no interest.
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
	rt_store_ask "SELECT json_object('id',id,'status',status,'started_at',
started_at,'ended_at',ended_at,'exit_code',exit_code,'interrupted',
json(iif(${rt_killed:-0},'true','false')))
FROM installer_runs WHERE run=$rt_run;"
	printf '%s,"run":%s,"steps":[' "$rt_head" "$RT_REPLY"
	for rt_ord in $rt_ords; do
		rt_undone=${rt_ord#"${rt_ord%-}"} rt_ord=${rt_ord%-}
		rt_store_ask "SELECT json_object('ord',ord,'id',step,
'name',name,'status',status,'checkpoint',json(iif(checkpoint,'true','false')),
'settled',json(iif(settled,'true','false')),'attempt',attempt,
'started_at',started_at,'ended_at',ended_at,'duration_ms',duration_ms,
'exit_code',exit_code) FROM steps WHERE run=$rt_run AND ord=$rt_ord;"
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
	rt_store_ask "SELECT id||', started '||started_at||
coalesce(', ended '||ended_at,'') FROM installer_runs WHERE run=$rt_run;"
	rt_word=$rt_run_status
	[ -z "$rt_killed" ] || rt_word='interrupted: it was killed'
	rt_print "$RT_NAME $rt_old_version: $rt_word"
	rt_print "run $RT_REPLY"
	rt_print "state in $rt_dir"
	for rt_ord in $rt_ords; do
		rt_undone=${rt_ord#"${rt_ord%-}"} rt_ord=${rt_ord%-}
		rt_store_ask "SELECT '  ['||ord||'] '||step||': '||status||
iif(status='failed',' (exit '||exit_code||')','')||
iif(status IN ('completed','failed'),', '||duration_ms||' ms','')||
iif(undoing,', undo begun',iif(settled,', settled',''))||
iif(attempt>1,', attempt '||attempt,'')
FROM steps WHERE run=$rt_run AND ord=$rt_ord;"
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
	if [ -n "$rt_json" ]; then
		rt_word="json_object('event','checkpoint','step',step,'ord',ord,
'name',name,'status',status,'ended_at',ended_at)"
	else
		rt_word="'  '||step||'  '||status||'  '||coalesce(ended_at,'')"
	fi
	rt_store_each rt_print "SELECT $rt_word FROM steps WHERE run=$rt_run
AND checkpoint AND status IN ('completed','skipped') AND NOT undoing
ORDER BY ord;"
	rt_store_ask "SELECT step||' ('||status||')' FROM steps
WHERE run=$rt_run AND NOT settled ORDER BY ord LIMIT 1;"
	[ -z "$RT_REPLY" ] || rt_say "a resume begins with: $RT_REPLY"
	rt_exit 0
}
