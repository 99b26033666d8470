# module: values-store
# provides: RT_REPLAY_VALUES
# requires: base text sql-step replay-show

# The values of variables and exports in both stores. A script that has none
# keeps the table, and replays the journal's request: it asks for neither.

# One line: awk prints it too.
RT_VALUES_TABLE='CREATE TABLE IF NOT EXISTS variables(run INTEGER NOT NULL,'
RT_VALUES_TABLE=$RT_VALUES_TABLE'ord INTEGER NOT NULL,kind TEXT NOT NULL,'
RT_VALUES_TABLE=$RT_VALUES_TABLE'name TEXT NOT NULL,value TEXT NOT NULL,'
RT_VALUES_TABLE=$RT_VALUES_TABLE'PRIMARY KEY(run,ord,kind,name)) WITHOUT ROWID;'

# rt_sql_value_table: makes it where it is missing; rt_sql_value_tables: 0
# where it is.
rt_sql_value_table() {
	RT_REPLY=$RT_VALUES_TABLE
}
rt_sql_value_tables() {
	RT_REPLY="SELECT count(*) FROM sqlite_master WHERE name='variables';"
}

# rt_sql_value RUN ORD KIND NAME VALUE: ORD is 0 for all steps; KIND is g for a
# value that was given, d for a default, n for none, e for an export.
rt_sql_value() {
	rt_text_sql "$5"
	RT_REPLY="DELETE FROM variables
WHERE run=$1 AND ord=$2 AND name='$4' AND (kind='e')=('$3'='e');
INSERT INTO variables VALUES($1,$2,'$3','$4',$RT_REPLY);"
}

# rt_sql_value_list RUN: "ID KIND NAME =VALUE" of all that a step of RUN sees:
# exports of the runs below as well, the highest one last.
rt_sql_value_list() {
	rt_sql_escaped value
	RT_REPLY="SELECT coalesce(s.step,'-')||' '||kind||' '||v.name||' '||
$RT_REPLY FROM variables v LEFT JOIN step_checkpoints s
ON s.run=v.run AND s.ord=v.ord WHERE CASE kind WHEN 'e'
THEN v.run<=$1 AND s.status<>'rolled_back' ELSE v.run=$1 END
ORDER BY v.run,v.ord,v.name;"
}

# For the journal's awk: a rule, and at its end the rows for an import.
# shellcheck disable=SC2016 # awk has dollars of its own
RT_REPLAY_VALUES='
function value_list(top,    v, f, r, o, k, at, n, i, list) {
  for (v in value) {
    split(v, f, SUBSEP)
    at[f[1]] = at[f[1]] "\n" v
  }
  for (r = 1; r <= top; r++) for (o = 0; o <= steps[r]; o++) {
    k = r "," o
    n = split(substr(at[k], 2), list, "\n")
    for (i = 1; i <= n; i++) {
      split(list[i], f, SUBSEP)
      if (f[2] == "e" ? status[k] != "rolled_back" : r == top)
        print (o ? id[k] : "-") " " f[2] " " f[3] " " shown(value[list[i]])
    }
  }
}
function value_export(    v, f) {
  for (v in value) {
    split(v, f, SUBSEP)
    print "INSERT OR IGNORE INTO variables VALUES(" f[1] "," sql(f[2]) \
      "," sql(f[3]) "," sql(value[v]) ");"
  }
}
/^value_list\t/ { fields($0); value_list(A[2] + 0); next }
END {
  if (readonly == "export") {
    print "'"$RT_VALUES_TABLE"'"
    value_export()
  }
}
'
