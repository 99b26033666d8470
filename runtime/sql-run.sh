# module: sql-run
# provides: rt_sql_begin
# requires: base text schema

# Runs and the rows that they begin with, in SQL. A request that writes says
# what shall be, not what to add: it can be sent twice.

rt_sql_begin() {
	RT_REPLY='BEGIN;'
}
rt_sql_commit() {
	RT_REPLY='COMMIT;'
}

# rt_sql_current standing|any: the topmost run that is not rolled back, or
# the topmost of all: "RUN ID STATUS FINGERPRINT VERSION".
rt_sql_current() {
	RT_REPLY="WHERE status<>'rolled_back'"
	[ "$1" = standing ] || RT_REPLY=
	RT_REPLY="SELECT
run||' '||id||' '||status||' '||fingerprint||' '||version
FROM installer_runs $RT_REPLY ORDER BY run DESC LIMIT 1;"
}

# rt_sql_seq: the last number of a transition.
rt_sql_seq() {
	RT_REPLY='SELECT coalesce(max(seq),0) FROM step_checkpoints;'
}

# rt_sql_run_next: the number of a new run.
rt_sql_run_next() {
	RT_REPLY='SELECT coalesce(max(run),0)+1 FROM installer_runs;'
}

# rt_sql_run_new RUN VERSION FINGERPRINT SHA256: answers with its id.
rt_sql_run_new() {
	rt_text_sql "$RT_NAME"
	rt_installer=$RT_REPLY
	rt_text_sql "$2"
	RT_REPLY="INSERT INTO installer_runs
(run,id,installer,version,fingerprint,script_sha256,status,started_at)
VALUES($1,strftime('%Y%m%dT%H%M%SZ','now')||'-'||
lower(hex(randomblob(3))),$rt_installer,$RT_REPLY,'$3','$4','running',
$RT_NOW);SELECT id FROM installer_runs WHERE run=$1;"
}

# rt_sql_run_again RUN SHA256: it goes on, with the script of that sha256.
rt_sql_run_again() {
	RT_REPLY="UPDATE installer_runs SET status='running',
ended_at=NULL,exit_code=NULL,script_sha256='$2' WHERE run=$1;"
}

# rt_sql_run_close RUN STATUS CODE: how it ended.
rt_sql_run_close() {
	RT_REPLY="UPDATE installer_runs SET status='$2',
ended_at=$RT_NOW,exit_code=$3 WHERE run=$1;"
}

# rt_sql_step_new RUN ORD STEP NAME FINGERPRINT CHECKPOINT ATOMIC
# IRREVERSIBLE DEPENDS ROLLBACK: a step's row. Where it is there, name and
# rollback become these.
rt_sql_step_new() {
	rt_deps=
	for rt_word in $9; do
		rt_deps="$rt_deps${rt_deps:+,}\"$rt_word\""
	done
	rt_sql_row="$1,$2,'$3'"
	rt_sql_rest="'pending','$5',$6,$7,$8,'[$rt_deps]'"
	rt_text_sql "$4"
	rt_sql_row=$rt_sql_row,$RT_REPLY,$rt_sql_rest
	shift 9
	RT_REPLY=NULL
	[ -z "$1" ] || rt_text_sql "$1"
	RT_REPLY="INSERT INTO step_checkpoints(run,ord,step,name,status,
fingerprint,checkpoint,atomic,irreversible,depends,rollback)
VALUES($rt_sql_row,$RT_REPLY) ON CONFLICT(run,ord)
DO UPDATE SET name=excluded.name,rollback=excluded.rollback;"
}

# rt_sql_deps RUN: what the requests below need to know of it.
rt_sql_deps() {
	RT_REPLY="CREATE TEMP TABLE dep AS SELECT ord,step,value AS dep
FROM step_checkpoints,json_each(depends) WHERE run=$1;"
}

# rt_sql_changed RUN OVER: the steps that run OVER settled and RUN changed.
rt_sql_changed() {
	RT_REPLY="SELECT group_concat(step,' ') FROM steps o
WHERE run=$2 AND settled AND NOT EXISTS (
SELECT 1 FROM step_checkpoints s WHERE s.run=$1 AND s.step=o.step
AND s.fingerprint=o.fingerprint);"
}

# rt_sql_over RUN OVER: what OVER settled and RUN left the same is skipped,
# but for what depends on a step that runs.
rt_sql_over() {
	rt_same="s.run=$1 AND o.run=$2 AND s.step=o.step
AND s.fingerprint=o.fingerprint"
	RT_REPLY="UPDATE step_checkpoints AS s SET status='skipped',seq=(
SELECT o.seq FROM step_checkpoints o WHERE $rt_same)
WHERE run=$1 AND EXISTS (
SELECT 1 FROM steps o WHERE o.settled AND $rt_same
AND (o.attempt OR o.started_at ISNULL));
WITH RECURSIVE again(step) AS (SELECT step FROM step_checkpoints
WHERE run=$1 AND status<>'skipped' UNION
SELECT dep.step FROM dep JOIN again ON dep.dep=again.step)
UPDATE step_checkpoints SET status='pending'
WHERE run=$1 AND status='skipped' AND step IN again;
INSERT INTO state_files(run,ord,n,path,post_kind,post_digest,post_mode,
post_owner,post_size) SELECT $1,s.ord,f.n,f.path,f.post_kind,
f.post_digest,f.post_mode,f.post_owner,f.post_size
FROM step_checkpoints s JOIN step_checkpoints o ON $rt_same
JOIN state_files f ON f.run=o.run AND f.ord=o.ord
WHERE s.status='skipped';"
}

# rt_sql_unsettled RUN ORD: what step ORD needs and is not settled.
rt_sql_unsettled() {
	RT_REPLY="SELECT group_concat(dep.dep,' ') FROM dep JOIN steps p
ON p.run=$1 AND p.step=dep.dep WHERE dep.ord=$2 AND NOT p.settled;"
}

# rt_sql_from RUN ORD: step ORD and all that come after it run again.
rt_sql_from() {
	RT_REPLY="UPDATE step_checkpoints SET status='pending'
WHERE run=$1 AND ord>=$2 AND status IN ('completed','skipped');"
}

# rt_sql_kept RUN: "ORD STEP" of each settled step that has state files, the
# last one first; rt_sql_rerun RUN ORD: it runs again.
rt_sql_kept() {
	RT_REPLY="SELECT ord||' '||step FROM steps WHERE run=$1 AND settled
AND ord IN (SELECT ord FROM state_files WHERE run=$1
AND post_kind NOTNULL) ORDER BY ord DESC;"
}
rt_sql_rerun() {
	RT_REPLY="UPDATE step_checkpoints SET status='pending'
WHERE run=$1 AND ord=$2;"
}

# rt_sql_rows RUN: "ORD ATTEMPT SETTLED" for each step.
rt_sql_rows() {
	RT_REPLY="SELECT ord||' '||attempt||' '||settled FROM steps
WHERE run=$1;"
}
