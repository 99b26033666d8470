# module: sql-step
# provides: rt_sql_start rt_sql_escaped
# requires: base text schema

# A step's transitions and its state files, in SQL.

# rt_sql_start RUN ORD ATTEMPT SEQ: the step runs.
rt_sql_start() {
	RT_REPLY="UPDATE step_checkpoints SET
status='running',attempt=$3,seq=$4,undoing=0,
started_at=$RT_NOW,started_ms=$RT_MS,ended_at=NULL,duration_ms=NULL,
exit_code=NULL WHERE run=$1 AND ord=$2;"
}

# rt_sql_complete RUN ORD SEQ: it completed.
rt_sql_complete() {
	RT_REPLY="UPDATE step_checkpoints SET status='completed',
seq=$3,ended_at=$RT_NOW,duration_ms=max(0,$RT_MS-started_ms),
exit_code=0 WHERE run=$1 AND ord=$2;"
}

# rt_sql_fail RUN ORD SEQ UNDOING CODE: it failed; 1 is to be undone.
rt_sql_fail() {
	RT_REPLY="UPDATE step_checkpoints SET status='failed',
seq=$3,undoing=$4,ended_at=$RT_NOW,exit_code=$5,
duration_ms=max(0,$RT_MS-started_ms) WHERE run=$1 AND ord=$2;"
}

# rt_sql_duration RUN ORD: in milliseconds.
rt_sql_duration() {
	RT_REPLY="SELECT duration_ms FROM step_checkpoints
WHERE run=$1 AND ord=$2;"
}

# rt_sql_write_rollback RUN ORD, rt_sql_write_state RUN ORD: the files of a
# checkpoint. They answer nothing.
rt_sql_write_rollback() {
	RT_REPLY="SELECT 1 FROM ${3-rollbacks} WHERE run=$1
AND ord=$2 AND checkpoint AND writefile(path,text) IS NULL;"
}
rt_sql_write_state() {
	rt_sql_write_rollback "$@" states
}

# rt_sql_derive RUN: writes those that are missing or differ from the rows;
# rt_sql_stale RUN: their paths.
rt_sql_derive() {
	rt_sql_row=${2:-'count(writefile(path,text))'}
	set -- "$1" "AND readfile(path) IS NOT CAST(text AS BLOB);"
	RT_REPLY="SELECT $rt_sql_row FROM states WHERE run=$1 AND checkpoint
AND status IN ('completed','rolled_back') $2
SELECT $rt_sql_row FROM rollbacks WHERE run=$1 AND checkpoint
AND attempt>0 $2"
}
rt_sql_stale() {
	rt_sql_derive "$1" path
}

# rt_sql_prior STEP: "RUN ORD" of what last left its state files known.
rt_sql_prior() {
	RT_REPLY="SELECT s.run||' '||s.ord FROM step_checkpoints s
WHERE s.step='$1' AND s.status<>'rolled_back' AND EXISTS (
SELECT 1 FROM state_files f WHERE f.run=s.run AND f.ord=s.ord
AND f.post_kind NOTNULL) ORDER BY s.run DESC LIMIT 1;"
}

# rt_sql_state_before RUN ORD N PATH SNAPSHOT KIND DIGEST MODE OWNER SIZE:
# a state file before its step; SNAPSHOT is its pre-image, or nothing.
rt_sql_state_before() {
	rt_sql_row=$1,$2,$3
	rt_text_sql "$4"
	rt_sql_row=$rt_sql_row,$RT_REPLY,
	RT_REPLY=NULL
	[ -z "$5" ] || RT_REPLY="'$5'"
	rt_sql_row=$rt_sql_row$RT_REPLY
	shift 5
	rt_sql_looks "$@"
	RT_REPLY="
INSERT OR REPLACE INTO state_files(run,ord,n,path,snapshot,pre_kind,
pre_digest,pre_mode,pre_owner,pre_size)
VALUES($rt_sql_row,$RT_REPLY);"
}

# rt_sql_state_after RUN ORD N KIND DIGEST MODE OWNER SIZE: and after it.
rt_sql_state_after() {
	rt_sql_row="run=$1 AND ord=$2 AND n=$3"
	shift 3
	rt_sql_looks "$@"
	RT_REPLY="
UPDATE state_files SET
(post_kind,post_digest,post_mode,post_owner,post_size)=($RT_REPLY)
WHERE $rt_sql_row;"
}

# rt_sql_looks KIND DIGEST MODE OWNER SIZE: RT_REPLY is them as values.
rt_sql_looks() {
	rt_text_sql "$2"
	RT_REPLY="'$1',$RT_REPLY,'$3','$4',${5:-NULL}"
}

# rt_sql_state_forget RUN ORD: what the step left is no longer known.
rt_sql_state_forget() {
	RT_REPLY="UPDATE state_files SET post_kind=NULL
WHERE run=$1 AND ord=$2;"
}

# rt_sql_escaped COLUMN: RT_REPLY is SQL for the column in one line, with
# control characters as printf's %b knows them.
rt_sql_escaped() {
	RT_REPLY="(WITH RECURSIVE e(i,t) AS (
SELECT 0,replace($1,'\\','\\\\') UNION ALL SELECT i+1,
replace(t,char(i+1),printf('\\%04o',i+1)) FROM e WHERE i<31)
SELECT '='||replace(t,char(127),'\\0177') FROM e WHERE i=31)"
}

# rt_sql_state_load RUN ORD: four lines a state file: path, digest before,
# digest after, and the rest between bars.
rt_sql_state_load() {
	rt_sql_escaped path
	rt_sql_row=$RT_REPLY
	rt_sql_escaped "coalesce(pre_digest,'')"
	rt_sql_row="$rt_sql_row||char(10)||$RT_REPLY"
	rt_sql_escaped "coalesce(post_digest,'')"
	rt_sql_row="$rt_sql_row||char(10)||$RT_REPLY||char(10)"
	for rt_word in snapshot pre_kind pre_mode pre_owner post_kind \
		post_mode post_owner; do
		rt_sql_row="$rt_sql_row||coalesce($rt_word,'')||'|'"
	done
	RT_REPLY="SELECT $rt_sql_row||'.' FROM state_files
WHERE run=$1 AND ord=$2 ORDER BY n;"
}
