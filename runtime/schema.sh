# module: schema
# provides: rt_store_check rt_store_setup rt_store_views
# requires: base store text report folder

# rt_store_check: refuses a damaged store and one of a newer schema. While
# another sqlite3 closes the database nobody can read it.
rt_store_check() {
	rt_store_ask ".timeout 10000
SELECT CAST(substr(v,1,i-1) AS INTEGER)*1000+
CAST(substr(v,i+1) AS INTEGER) FROM (SELECT v,instr(v,'.') AS i
FROM (SELECT sqlite_version() AS v));"
	[ "$RT_REPLY" -ge 3034 ] ||
		rt_die "$RT_HOST" "this host's sqlite3 is older than 3.34" \
			"Nothing was installed. It needs a newer one."
	rt_store_ask 'PRAGMA quick_check(1);'
	[ "$RT_REPLY" = ok ] || rt_store_failed "damaged: $RT_REPLY"
	rt_store_ask 'PRAGMA user_version;'
	# A new store has run nothing: one with logs was emptied, or another
	# call has made the tables meanwhile.
	[ "$RT_REPLY" -ge 1 ] || [ -s journal ] ||
		[ -z "$(ls logs 2>/dev/null)" ] || {
		rt_store_ask 'PRAGMA user_version;'
		[ "$RT_REPLY" -ge 1 ] || rt_store_failed "damaged: it is empty"
	}
	rt_schema=$RT_REPLY
	[ "$rt_schema" -le 1 ] || rt_store_newer "$rt_schema"
}

# rt_store_setup: takes the lock, which the kernel frees when this process
# dies; two that read before they write could keep each other out for good,
# so it begins with the write. lock.db has one page and no journal: a kill
# cannot tear it. WAL with an fsync a commit; makes the tables.
rt_store_setup() {
	rt_text_sql "$rt_dir/lock.db"
	# The sqlite3 of a killed call ends by itself, a moment later.
	rt_wait=500
	! rt_folder_killed || rt_wait=10000
	rt_word=OFF
	[ -s lock.db ] || rt_word=FULL
	rt_store_ask ".timeout $rt_wait
ATTACH $RT_REPLY AS l;PRAGMA l.journal_mode=MEMORY;
PRAGMA l.synchronous=$rt_word;
BEGIN IMMEDIATE;PRAGMA l.locking_mode=EXCLUSIVE;PRAGMA l.user_version=1;
COMMIT;
.timeout 10000
PRAGMA main.journal_mode=WAL;PRAGMA synchronous=FULL;
PRAGMA wal_autocheckpoint=100;"
	rt_store_own
	# Another call can have made them while this one waited for the lock.
	rt_store_ask 'PRAGMA user_version;'
	[ "$RT_REPLY" -ge 1 ] || rt_store_ask "BEGIN;$RT_SCHEMA
PRAGMA user_version=1;COMMIT;"
	rt_schema=1
}

# rt_store_own: writes down who has the lock. Where sqlite3 was killed later
# the lock was free for a moment: another call that took it is not disturbed.
rt_store_own() {
	if [ -z "$rt_token" ]; then
		rt_store_ask 'SELECT abs(random()%2147483647);'
		rt_claim=${rt_claim:-$RT_REPLY}
		rt_store_ask "PRAGMA l.application_id=$rt_claim;"
		rt_token=$rt_claim
	fi
	rt_store_ask 'PRAGMA l.application_id;'
	[ "$rt_token" = "$RT_REPLY" ] ||
		rt_die "$RT_LOCKED" "another call took the store over" \
			"This one lost its sqlite3, and stops here." \
			"Look at it with: $rt_call status"
}

# The store, schema 1. A run is one attempt at the whole installation;
# runs stack: those above are undone first. attempt counts a step's starts:
# over 0 and not rolled_back, it may have changed the host. seq orders the
# transitions, whatever the clock does. undoing marks an undo begun.
RT_SCHEMA="
CREATE TABLE installer_runs(
 run INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE,
 installer TEXT NOT NULL, version TEXT NOT NULL, fingerprint TEXT NOT NULL,
 script_sha256 TEXT NOT NULL, status TEXT NOT NULL CHECK (status IN
 ('running','completed','failed','aborted','rolled_back')),
 started_at TEXT NOT NULL, ended_at TEXT, exit_code INTEGER);
CREATE TABLE step_checkpoints(
 run INTEGER NOT NULL REFERENCES installer_runs(run),
 ord INTEGER NOT NULL, step TEXT NOT NULL, name TEXT NOT NULL,
 status TEXT NOT NULL CHECK (status IN
 ('pending','running','completed','failed','skipped','rolled_back')),
 fingerprint TEXT NOT NULL, checkpoint INTEGER NOT NULL,
 atomic INTEGER NOT NULL, irreversible INTEGER NOT NULL,
 depends TEXT NOT NULL, rollback TEXT,
 attempt INTEGER NOT NULL DEFAULT 0,
 undoing INTEGER NOT NULL DEFAULT 0, seq INTEGER,
 started_at TEXT, started_ms INTEGER, ended_at TEXT, duration_ms INTEGER,
 exit_code INTEGER, PRIMARY KEY(run,ord)) WITHOUT ROWID;
CREATE TABLE state_files(
 run INTEGER NOT NULL, ord INTEGER NOT NULL, n INTEGER NOT NULL,
 path TEXT NOT NULL, snapshot TEXT, pre_kind TEXT, pre_digest TEXT,
 pre_mode TEXT, pre_owner TEXT, pre_size INTEGER, post_kind TEXT,
 post_digest TEXT, post_mode TEXT, post_owner TEXT, post_size INTEGER,
 PRIMARY KEY(run,ord,n)) WITHOUT ROWID;
CREATE TABLE artifact_verifications(
 run INTEGER NOT NULL, artifact TEXT NOT NULL, url TEXT, sha256 TEXT,
 method TEXT NOT NULL, result TEXT NOT NULL, verified_at TEXT NOT NULL,
 PRIMARY KEY(run,artifact,method)) WITHOUT ROWID;"

# rt_store_views: the view steps adds whether each is settled: completed,
# with a checkpoint of its own or one that was recorded after it. The views
# states and rollbacks make the files beside the database out of its rows: a
# statement writes one, with no process of its own.
rt_store_views() {
	rt_store_ask "CREATE TEMP VIEW steps AS SELECT s.*,NOT s.undoing AND
(s.status='skipped' OR s.status='completed' AND (s.checkpoint OR
s.seq<coalesce(c.last,0))) AS settled FROM step_checkpoints s LEFT JOIN (
SELECT run,max(seq) AS last FROM step_checkpoints WHERE checkpoint AND
status='completed' AND NOT undoing GROUP BY run) c ON c.run=s.run;"
	rt_store_ask "CREATE TEMP VIEW states AS SELECT s.run,s.ord,checkpoint,
s.status,'state/'||step||'.json' AS path,
json_object('installer',r.installer,'version',r.version,'run',r.id,
'step',step,'name',name,'status',s.status,'attempt',attempt,
'fingerprint',s.fingerprint,'started_at',s.started_at,
'ended_at',s.ended_at,'duration_ms',duration_ms,'state_files',(
SELECT json_group_array(json_object('path',path,'kind',post_kind,
CASE post_kind WHEN 'symlink' THEN 'target' ELSE 'sha256' END,
nullif(post_digest,''),'mode',nullif(post_mode,''),
'size',post_size)) FROM state_files f WHERE f.run=s.run AND f.ord=s.ord))
||char(10) AS text
FROM $RT_JOINED;"
	rt_text_shell "$rt_dir"
	rt_text_sql "$RT_REPLY"
	rt_store_ask "CREATE TEMP VIEW rollbacks AS SELECT s.run,s.ord,
checkpoint,attempt,'rollback/'||step||'.sh' AS path,'#!/bin/sh
# '||r.installer||' '||r.version||': undoes the step '||step||'.
# install.sh rollback runs this, and then puts the state files
# back from WAYMARK_BACKUP. By hand, run it with sh.
set -eu
WAYMARK_DIR='||$RT_REPLY||'
WAYMARK_BACKUP=\$WAYMARK_DIR/backup/'||step||'/'||s.run||'
WAYMARK_STEP='''||step||''' WAYMARK_WORK=\$WAYMARK_DIR/work
WAYMARK_PWD=\${WAYMARK_PWD-\$PWD}
export WAYMARK_DIR WAYMARK_BACKUP WAYMARK_STEP WAYMARK_WORK WAYMARK_PWD
cd \"\$WAYMARK_WORK\"
'||coalesce(rollback,': # the author gave no commands
') AS text
FROM $RT_JOINED;"
}
