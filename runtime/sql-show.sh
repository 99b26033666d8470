# module: sql-show
# provides: rt_sql_ords
# requires: base text schema

# What status, plan, logs and resume --list show, in SQL.

# rt_sql_ords RUN: each step's number; a dash behind one that is rolled back.
rt_sql_ords() {
	RT_REPLY="SELECT ord||iif(status='rolled_back','-','')
FROM step_checkpoints WHERE run=$1 ORDER BY ord;"
}

# rt_sql_run_json RUN KILLED: the run as a JSON object; KILLED is 0 or 1.
rt_sql_run_json() {
	RT_REPLY="SELECT json_object('id',id,'status',status,'started_at',
started_at,'ended_at',ended_at,'exit_code',exit_code,'interrupted',
json(iif($2,'true','false'))) FROM installer_runs WHERE run=$1;"
}

# rt_sql_step_json RUN ORD: a step as a JSON object.
rt_sql_step_json() {
	RT_REPLY="SELECT json_object('ord',ord,'id',step,
'name',name,'status',status,'checkpoint',json(iif(checkpoint,'true','false')),
'settled',json(iif(settled,'true','false')),'attempt',attempt,
'started_at',started_at,'ended_at',ended_at,'duration_ms',duration_ms,
'exit_code',exit_code) FROM steps WHERE run=$1 AND ord=$2;"
}

# rt_sql_run_text RUN, rt_sql_step_text RUN ORD: the same for people.
rt_sql_run_text() {
	RT_REPLY="SELECT id||', started '||started_at||
coalesce(', ended '||ended_at,'') FROM installer_runs WHERE run=$1;"
}
rt_sql_step_text() {
	RT_REPLY="SELECT '  ['||ord||'] '||step||': '||status||
iif(status='skipped' AND started_at NOTNULL,' (condition)','')||
iif(status='failed',' (exit '||exit_code||')','')||
iif(status IN ('completed','failed'),', '||duration_ms||' ms','')||
iif(undoing,', undo begun',iif(settled,', settled',''))||
iif(attempt>1,', attempt '||attempt,'')
FROM steps WHERE run=$1 AND ord=$2;"
}

# rt_sql_checkpoints RUN JSON: a line each; JSON is 1 for objects.
rt_sql_checkpoints() {
	RT_REPLY="'  '||step||'  '||status||'  '||coalesce(ended_at,'')"
	[ -z "$2" ] || RT_REPLY="json_object('event','checkpoint',
'step',step,'ord',ord,'name',name,'status',status,'ended_at',ended_at)"
	RT_REPLY="SELECT $RT_REPLY FROM steps WHERE run=$1
AND checkpoint AND status IN ('completed','skipped') AND NOT undoing
ORDER BY ord;"
}

# rt_sql_next RUN: "STEP (STATUS)" of the first that is not settled.
rt_sql_next() {
	RT_REPLY="SELECT step||' ('||status||')' FROM steps
WHERE run=$1 AND NOT settled ORDER BY ord LIMIT 1;"
}

# rt_sql_plan RUN: "STEP|STATUS|FINGERPRINT|SETTLED" of each.
rt_sql_plan() {
	RT_REPLY="SELECT step||'|'||status||'|'||
fingerprint||'|'||settled FROM steps WHERE run=$1 ORDER BY ord;"
}

# rt_sql_log STEP: "RUN ORD ATTEMPT STEP" of its newest attempt, or of the
# newest of all where STEP is empty.
rt_sql_log() {
	RT_REPLY=
	[ -z "$1" ] || RT_REPLY="AND step='$1'"
	RT_REPLY="SELECT run||' '||ord||' '||attempt||' '||step
FROM step_checkpoints WHERE started_at NOTNULL $RT_REPLY
ORDER BY run DESC,seq DESC LIMIT 1;"
}

# rt_sql_integrity: ok, or what is wrong with the database.
rt_sql_integrity() {
	RT_REPLY='PRAGMA integrity_check(1);'
}
