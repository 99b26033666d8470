# module: sql-undo
# provides: rt_sql_undo_next
# requires: base text schema

# Rollbacks, and what a killed call left behind, in SQL.

# rt_sql_strays: "RUN ID ORD ATTEMPT STEP" of each step that was running;
# ATTEMPT is undo where its rollback may have been.
rt_sql_strays() {
	RT_REPLY="SELECT r.run||' '||r.id||' '||s.ord||' '||
iif(s.undoing,'undo',s.attempt)||' '||s.step FROM $RT_JOINED
WHERE s.status='running' OR s.undoing;"
}

# rt_sql_undo_atomic: marks an atomic step that was running; answers how
# many steps are to be undone.
rt_sql_undo_atomic() {
	RT_REPLY="UPDATE step_checkpoints SET undoing=1
WHERE status='running' AND atomic AND NOT undoing;
SELECT count(*) FROM step_checkpoints WHERE undoing;"
}

# rt_sql_undo_going: how many steps a rollback that was begun has left.
rt_sql_undo_going() {
	RT_REPLY='SELECT count(*) FROM step_checkpoints WHERE undoing>1;'
}

# rt_sql_undo_last: "RUN ORD" of the last checkpoint.
rt_sql_undo_last() {
	RT_REPLY="SELECT run||' '||ord FROM step_checkpoints
WHERE checkpoint AND attempt>0 AND status='completed'
ORDER BY seq DESC LIMIT 1;"
}

# rt_sql_undo_target RUN STEP: "RUN ORD SEQ" where it can be rolled back to,
# 0 where it is not completed, nothing where there is none.
rt_sql_undo_target() {
	rt_text_sql "$2"
	RT_REPLY="SELECT CASE WHEN status IN ('completed','skipped')
AND NOT undoing THEN run||' '||ord||' '||coalesce(seq,0) ELSE 0 END
FROM step_checkpoints WHERE step=$RT_REPLY AND run=$1;"
}

# rt_sql_undo_set all | RUN ORD | RUN ORD SEQ: RT_REPLY is the condition for
# all steps; the step and what comes after it; or what came after it alone.
rt_sql_undo_set() {
	case $# in
	1) RT_REPLY=1 ;;
	2) RT_REPLY="run>$1 OR run=$1 AND ord>=$2" ;;
	*) RT_REPLY="run=$1 AND ord>$2 OR run>$1 OR run<$1 AND seq>$3" ;;
	esac
	RT_REPLY="attempt>0 AND status<>'rolled_back' AND ($RT_REPLY)"
}

# rt_sql_undo_boundary SET: the last irreversible step in it.
rt_sql_undo_boundary() {
	rt_sql_undo_set "$@"
	RT_REPLY="SELECT step FROM step_checkpoints WHERE irreversible
AND $RT_REPLY ORDER BY run DESC,ord DESC LIMIT 1;"
}

# rt_sql_undo_mark SET: they are to be undone, and their runs are no longer
# what they were.
rt_sql_undo_mark() {
	rt_sql_undo_set "$@"
	RT_REPLY="BEGIN;UPDATE step_checkpoints SET undoing=2 WHERE $RT_REPLY;
UPDATE installer_runs SET status='aborted' WHERE run IN (
SELECT run FROM step_checkpoints WHERE undoing>1);COMMIT;"
}

# rt_sql_undo_next: "RUN ORD HAS_ROLLBACK RUN_ID STEP" of the last of them.
rt_sql_undo_next() {
	RT_REPLY="SELECT s.run||' '||s.ord||' '||
(s.rollback NOTNULL)||' '||r.id||' '||s.step FROM $RT_JOINED
WHERE s.undoing>0
ORDER BY s.run DESC,s.ord DESC LIMIT 1;"
}

# rt_sql_undo_done RUN ORD SEQ: it is undone.
rt_sql_undo_done() {
	RT_REPLY="UPDATE step_checkpoints SET status='rolled_back',undoing=0,
seq=$3,ended_at=$RT_NOW WHERE run=$1 AND ord=$2;"
}

# rt_sql_undo_kept RUN ORD: not tried again in this call, but in the next.
rt_sql_undo_kept() {
	RT_REPLY="UPDATE step_checkpoints SET undoing=-abs(undoing),
ended_at=$RT_NOW WHERE run=$1 AND ord=$2;"
}

# rt_sql_undo_again: the next call tries these.
rt_sql_undo_again() {
	RT_REPLY='UPDATE step_checkpoints SET undoing=-undoing
WHERE undoing<0;'
}

# rt_sql_undo_close FULL: what the rollback made of the runs; FULL is 1
# where runs that did nothing are undone too.
rt_sql_undo_close() {
	RT_REPLY="UPDATE installer_runs SET
ended_at=coalesce(ended_at,$RT_NOW),status=CASE WHEN EXISTS (
SELECT 1 FROM step_checkpoints s WHERE s.run=installer_runs.run
AND attempt>0 AND s.status<>'rolled_back') THEN 'aborted'
ELSE 'rolled_back' END WHERE status<>'rolled_back' AND ($1 OR EXISTS (
SELECT 1 FROM step_checkpoints s WHERE s.run=installer_runs.run
AND s.status='rolled_back'));"
}
