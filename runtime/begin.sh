# module: begin
# provides: rt_begin rt_is_settled
# requires: base store schema text report call

# rt_begin: the run's first transaction, which holds the whole plan with
# its rollback texts. A refusal in it leaves nothing behind.
rt_begin() {
	rt_store_begin_all
	if [ "$rt_choice" = again ]; then
		rt_store_send "UPDATE installer_runs SET status='running',
ended_at=NULL,exit_code=NULL,script_sha256='$rt_script_sha'
WHERE run=$rt_run;"
		waymark_plan rt_begin_step
	else
		rt_begin_run
	fi
	rt_store_send "CREATE TEMP TABLE dep AS SELECT ord,step,value AS dep
FROM step_checkpoints,json_each(depends) WHERE run=$rt_run;"
	[ "$rt_choice" != over ] || rt_begin_over
	[ -z "$rt_from" ] || rt_begin_from
	rt_loaded=
	if [ "$rt_choice" != new ]; then
		rt_loaded=1
		rt_store_each rt_begin_row "SELECT
ord||' '||attempt||' '||settled FROM steps WHERE run=$rt_run;"
	fi
	rt_store_commit_all
	rt_pending_sql='' rt_pending_ord='' rt_pending_checkpoint=
	rt_stop='' rt_ran=0
}

# rt_begin_run: the rows of a new run.
rt_begin_run() {
	rt_over=$rt_run
	rt_store_ask "SELECT coalesce(max(run),0)+1 FROM installer_runs;"
	rt_run=$RT_REPLY
	rt_text_sql "$RT_NAME"
	rt_installer=$RT_REPLY
	rt_text_sql "$RT_VERSION"
	rt_store_send "INSERT INTO installer_runs
(run,id,installer,version,fingerprint,script_sha256,status,started_at)
VALUES($rt_run,strftime('%Y%m%dT%H%M%SZ','now')||'-'||
lower(hex(randomblob(3))),$rt_installer,$RT_REPLY,'$RT_FINGERPRINT',
'$rt_script_sha','running',$RT_NOW);"
	waymark_plan rt_begin_step
	rt_store_ask "SELECT id FROM installer_runs WHERE run=$rt_run;"
	rt_run_id=$RT_REPLY
}

# rt_begin_step: takes the plan's line of a step: its row. Where it is
# there, name and rollback text become those of this script.
rt_begin_step() {
	rt_bits=
	for rt_word in c a i; do
		case $5 in
		*$rt_word*) rt_bits=${rt_bits}1, ;;
		*) rt_bits=${rt_bits}0, ;;
		esac
	done
	rt_deps=
	for rt_word in $7; do
		rt_deps="$rt_deps${rt_deps:+,}\"$rt_word\""
	done
	rt_rollback=NULL
	case $5 in
	*r*)
		eval "rt_text_sql \"\$rollback_$3\""
		rt_rollback=$RT_REPLY
		unset "rollback_$3"
		;;
	esac
	rt_text_sql "$4"
	rt_store_send "INSERT INTO step_checkpoints(run,ord,step,name,status,
fingerprint,checkpoint,atomic,irreversible,depends,rollback)
VALUES($rt_run,$1,'$2',$RT_REPLY,'pending','$6',$rt_bits
'[$rt_deps]',$rt_rollback) ON CONFLICT(run,ord)
DO UPDATE SET name=excluded.name,rollback=excluded.rollback;"
}

# rt_begin_over: over a run of another script: what that settled and this
# left the same is skipped, but for what depends on a step that runs.
rt_begin_over() {
	rt_same="s.run=$rt_run AND o.run=$rt_over AND s.step=o.step
AND s.fingerprint=o.fingerprint"
	if [ -n "$rt_strict" ]; then
		rt_store_ask "SELECT group_concat(step,' ') FROM steps o
WHERE run=$rt_over AND settled AND NOT EXISTS (
SELECT 1 FROM step_checkpoints s WHERE $rt_same);"
		[ -z "$RT_REPLY" ] ||
			rt_die "$RT_USAGE" "settled steps changed: $RT_REPLY" \
				"Nothing was done. Without --strict they run" \
				"again, with all that depends on them."
	fi
	rt_store_ask "UPDATE step_checkpoints AS s SET status='skipped',seq=(
SELECT o.seq FROM step_checkpoints o WHERE $rt_same)
WHERE run=$rt_run AND EXISTS (
SELECT 1 FROM steps o WHERE o.settled AND $rt_same);
WITH RECURSIVE again(step) AS (SELECT step FROM step_checkpoints
WHERE run=$rt_run AND status<>'skipped' UNION
SELECT dep.step FROM dep JOIN again ON dep.dep=again.step)
UPDATE step_checkpoints SET status='pending'
WHERE run=$rt_run AND status='skipped' AND step IN again;
INSERT INTO state_files(run,ord,n,path,post_kind,post_digest,post_mode,
post_owner,post_size) SELECT $rt_run,s.ord,f.n,f.path,f.post_kind,
f.post_digest,f.post_mode,f.post_owner,f.post_size
FROM step_checkpoints s JOIN step_checkpoints o ON $rt_same
JOIN state_files f ON f.run=o.run AND f.ord=o.ord
WHERE s.status='skipped';"
}

# rt_begin_from: the step --from and all that come after it run again. All
# that it depends on must be settled.
rt_begin_from() {
	rt_plan_find "$rt_from"
	rt_store_ask "SELECT group_concat(dep.dep,' ') FROM dep JOIN steps p
ON p.run=$rt_run AND p.step=dep.dep
WHERE dep.ord=$rt_found AND NOT p.settled;"
	[ -z "$RT_REPLY" ] ||
		rt_die "$RT_USAGE" "cannot resume from $rt_from" \
			"It depends on what is not settled: $RT_REPLY" \
			"Continue from where the run stopped: $rt_call resume"
	rt_store_send "UPDATE step_checkpoints SET status='pending'
WHERE run=$rt_run AND ord>=$rt_found
AND status IN ('completed','skipped');"
}

# rt_begin_row "ORD ATTEMPT SETTLED": sets rt_at_ORD and rt_is_ORD.
rt_begin_row() {
	case $1 in *[!0-9\ ]*) return 0 ;; esac
	# shellcheck disable=SC2086 # three numbers
	set -- $1
	eval "rt_at_$1=$2 rt_is_$1=$3"
}

# rt_is_settled ORD: true for a step that is not run again.
rt_is_settled() {
	[ -n "$rt_loaded" ] && eval "[ \"\${rt_is_$1-0}\" -eq 1 ]"
}
