# module: replay-show
# provides: RT_REPLAY_SHOW
# requires:

# For the journal's awk: the derived files, and what requests answer.
# shellcheck disable=SC2016 # awk has dollars of its own
RT_REPLAY_SHOW='
# The files of a checkpoint, as the views states and rollbacks have them.
function state_path(k) { return "state/" id[k] ".json" }
function rollback_path(k) { return "rollback/" id[k] ".sh" }
function state_text(r, k,    i, f, out) {
 out = "{\"installer\":" json(name[r]) ",\"version\":" json(version[r]) \
  ",\"run\":" json(run[r]) ",\"step\":" json(id[k]) \
  ",\"name\":" json(title[k]) ",\"status\":" json(status[k]) \
  ",\"attempt\":" attempt[k] ",\"fingerprint\":" json(print_of[k]) \
  ",\"started_at\":" text(began[k]) ",\"ended_at\":" text(finished[k]) \
  ",\"duration_ms\":" number(took[k]) ",\"state_files\":["
 for (i = 1; i <= files[k]; i++) {
  looks(after[k "," i], f)
  out = out (i > 1 ? "," : "") "{\"path\":" json(path[k "," i]) \
   ",\"kind\":" text(f[1]) \
   (f[1] == "symlink" ? ",\"target\":" : ",\"sha256\":") \
   text(f[5]) ",\"mode\":" text(f[2]) ",\"size\":" number(f[4]) "}"
 }
 return out "]}\n"
}
function rollback_text(r, k) {
 return "#!/bin/sh\n# " name[r] " " version[r] ": undoes the step " id[k] \
  ".\n# install.sh rollback runs this, and then puts the state files\n" \
  "# back from WAYMARK_BACKUP. By hand, run it with sh.\nset -eu\n" \
  "WAYMARK_DIR=" here "\nWAYMARK_BACKUP=$WAYMARK_DIR/backup/" id[k] \
  "/" r "\nWAYMARK_STEP=\047" id[k] "\047 " \
  "WAYMARK_WORK=$WAYMARK_DIR/work\n" \
  "WAYMARK_PWD=${WAYMARK_PWD-$PWD}\n" \
  "export WAYMARK_DIR WAYMARK_BACKUP WAYMARK_STEP WAYMARK_WORK " \
  "WAYMARK_PWD\n" \
  "cd \"$WAYMARK_WORK\"\n" \
  (rollback[k] == "" ? ": # the author gave no commands\n" : rollback[k])
}
function put(file, out) { printf "%s", out >file; close(file) }
function refresh(file, out, look,    line, have) {
 while ((getline line <file) > 0) have = have line "\n"
 close(file)
 if (have == out) return
 if (look) print file
 else put(file, out)
}
function derive(r, look,    o, k) {
 for (o = 1; o <= steps[r]; o++) {
  k = r "," o
  if (!check[k]) continue
  if (status[k] ~ /^(completed|rolled_back)$/)
   refresh(state_path(k), state_text(r, k), look)
  if (attempt[k] > 0)
   refresh(rollback_path(k), rollback_text(r, k), look)
 }
}

# What a request answers.
function answer(n,    op, r, o, k, i, f, g, best, out) {
 op = A[1]; r = A[2] + 0; k = A[2] "," A[3]
 if (op == "here") here = A[2]
 else if (op == "deps") return
 else if (op == "current") {
  for (r = runs; r > 0; r--) if (A[2] == "any" || state[r] != "rolled_back") {
   print r, run[r], state[r], plan[r], version[r]
   return
  }
 } else if (op == "seq") {
  for (k in seq) if (seq[k] > best) best = seq[k]
  print best + 0
 } else if (op == "run_next") print runs + 1
 else if (op == "run_new") print run[r]
 else if (op == "changed") {
  i = A[3] + 0
  for (o = 1; o <= steps[i]; o++) {
   k = number_of(r, id[i "," o])
   if (settled(i, o) && !(k && same(r, k, i)))
    out = out (out == "" ? "" : " ") id[i "," o]
  }
  print out
 } else if (op == "unsettled") {
  n = split(deps[k], f, " ")
  for (i = 1; i <= n; i++) if (!settled(r, number_of(r, f[i])))
   out = out (out == "" ? "" : " ") f[i]
  print out
 } else if (op == "duration") print took[k]
 else if (op == "write_state" && check[k]) put(state_path(k), state_text(r, k))
 else if (op == "write_rollback" && check[k])
  put(rollback_path(k), rollback_text(r, k))
 else if (op == "derive" || op == "stale") derive(r, op == "stale")
 else if (op == "integrity") print "ok"
 else if (op == "prior") {
  for (r = runs; r > 0; r--) {
   k = r "," (o = number_of(r, A[2]))
   if (o && status[k] != "rolled_back" && known(k)) {
    print r, o
    return
   }
  }
 } else if (op == "state_load") for (i = 1; i <= files[k]; i++) {
  looks(before[k "," i], f)
  looks(after[k "," i], g)
  print shown(path[k "," i]) "\n" shown(f[5]) "\n" shown(g[5]) "\n" \
   copy[k "," i] "|" f[1] "|" f[2] "|" f[3] "|" \
   g[1] "|" g[2] "|" g[3] "|."
 }
 else if (op ~ /^undo_(atomic|going|boundary|next)$/) undo_answer(op, n)
 else if (op == "undo_last") {
  for (r = 1; r <= runs; r++) for (o = 1; o <= steps[r]; o++) {
   k = r "," o
   if (check[k] && attempt[k] > 0 && status[k] == "completed" &&
    seq[k] > best) { best = seq[k]; out = r " " o }
  }
  print out
 } else if (op == "undo_target") {
  if (!(o = number_of(r, A[3]))) return
  k = r "," o
  if (status[k] ~ /^(completed|skipped)$/ && !undoing[k])
   print r, o, seq[k] + 0
  else print 0
 } else show(op, r, k)
}
function undo_answer(op, n,    r, o, k, count) {
 for (r = runs; r > 0; r--) for (o = steps[r]; o > 0; o--) {
  k = r "," o
  if (op == "undo_atomic") count += undoing[k] != 0
  else if (op == "undo_going") count += undoing[k] > 1
  else if (op == "undo_boundary") {
   if (final[k] && chosen(k, r, o, n - 1)) { print id[k]; return }
  } else if (undoing[k] > 0) {
   print r, o, (rollback[k] != ""), run[r], id[k]
   return
  }
 }
 if (op ~ /(atomic|going)$/) print count + 0
}
function show(op, r, k,    o, out, best) {
 if (op == "run_json") print "{\"id\":" json(run[r]) ",\"status\":" \
  json(state[r]) ",\"started_at\":" text(started[r]) ",\"ended_at\":" \
  text(ended[r]) ",\"exit_code\":" number(code[r]) \
  ",\"interrupted\":" truth(A[3] + 0) "}"
 else if (op == "step_json") print "{\"ord\":" A[3] ",\"id\":" json(id[k]) \
  ",\"name\":" json(title[k]) ",\"status\":" json(status[k]) \
  ",\"checkpoint\":" truth(check[k]) ",\"settled\":" \
  truth(settled(r, A[3])) ",\"attempt\":" attempt[k] \
  ",\"started_at\":" text(began[k]) ",\"ended_at\":" text(finished[k]) \
  ",\"duration_ms\":" number(took[k]) ",\"exit_code\":" \
  number(exited[k]) "}"
 else if (op == "run_text") print run[r] ", started " started[r] \
  (ended[r] == "" ? "" : ", ended " ended[r])
 else if (op == "step_text") print "  [" A[3] "] " id[k] ": " status[k] \
  (declined(k) ? " (condition)" : "") \
  (status[k] == "failed" ? " (exit " exited[k] ")" : "") \
  (status[k] ~ /^(completed|failed)$/ ? ", " took[k] " ms" : "") \
  (undoing[k] ? ", undo begun" : settled(r, A[3]) ? ", settled" : "") \
  (attempt[k] > 1 ? ", attempt " attempt[k] : "")
 else if (op == "kept") for (o = steps[r]; o > 0; o--) {
  if (settled(r, o) && known(r "," o)) print o, id[r "," o]
 } else if (op == "log") {
  for (r = runs; r > 0; r--) {
   best = 0
   for (o = 1; o <= steps[r]; o++) {
    k = r "," o
    if (began[k] != "" && (A[2] == "" || id[k] == A[2]) &&
     seq[k] > best) {
     best = seq[k]
     out = r " " o " " attempt[k] " " id[k]
    }
   }
   if (best) { print out; return }
  }
 } else for (o = 1; o <= steps[r]; o++) {
  k = r "," o
  if (op == "ords") print o (status[k] == "rolled_back" ? "-" : "")
  else if (op == "rows") print o, attempt[k], settled(r, o)
  else if (op == "plan") print id[k] "|" status[k] "|" print_of[k] \
   "|" settled(r, o)
  else if (op == "next" && !settled(r, o)) {
   print id[k] " (" status[k] ")"
   return
  } else if (op == "checkpoints" && check[k] && !undoing[k] &&
   status[k] ~ /^(completed|skipped)$/) {
   if (A[3] == "") print "  " id[k] "  " status[k] "  " finished[k]
   else print "{\"event\":\"checkpoint\",\"step\":" json(id[k]) \
    ",\"ord\":" o ",\"name\":" json(title[k]) ",\"status\":" \
    json(status[k]) ",\"ended_at\":" text(finished[k]) "}"
  }
 }
 if (op == "strays") for (r = 1; r <= runs; r++)
  for (o = 1; o <= steps[r]; o++) {
   k = r "," o
   if (status[k] == "running" || undoing[k])
    print r, run[r], o, (undoing[k] ? "undo" : attempt[k]), id[k]
  }
}
'
