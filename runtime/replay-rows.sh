# module: replay-rows
# provides: RT_REPLAY_ROWS
# requires:

# For the journal's awk: the rows, and what a request that writes does to
# them. The requests are those of sql-run, sql-step and sql-undo.
# shellcheck disable=SC2016 # awk has dollars of its own
RT_REPLAY_ROWS='
# A step is known by "RUN,ORD", a state file by "RUN,ORD,N".
function last(r,    o, k) {
 if (lastof == r) return lastseq
 lastof = r; lastseq = 0
 for (o = 1; o <= steps[r]; o++) {
  k = r "," o
  if (check[k] && status[k] == "completed" && !undoing[k] &&
   seq[k] > lastseq) lastseq = seq[k]
 }
 return lastseq
}
function settled(r, o,    k) {
 k = r "," o
 return !undoing[k] && (status[k] == "skipped" ||
  status[k] == "completed" && (check[k] || seq[k] < last(r)))
}
function number_of(r, step) { return ordof[r, step] + 0 }
function same(r, o, below,    p) {
 p = number_of(below, id[r "," o])
 return p && print_of[r "," o] == print_of[below "," p] ? p : 0
}
function chosen(k, r, o, n) {
 if (!(attempt[k] > 0) || status[k] == "rolled_back") return 0
 if (n == 1) return 1
 if (n == 2) return r > A[2] || r == A[2] && o >= A[3] + 0
 return r == A[2] && o > A[3] + 0 || r > A[2] || r < A[2] && seq[k] > A[4] + 0
}
# Skipped by its condition.
function declined(k) { return status[k] == "skipped" && began[k] != "" }
function skip(r, p,    o, q, n, i, list, runs_again, more, k) {
 for (o = 1; o <= steps[r]; o++) if ((q = same(r, o, p)) && settled(p, q) &&
  !declined(p "," q)) {
  k = r "," o
  status[k] = "skipped"; seq[k] = seq[p "," q]
 }
 do {
  more = 0
  for (o = 1; o <= steps[r]; o++) {
   k = r "," o
   if (status[k] != "skipped") { runs_again[id[k]] = 1; continue }
   n = split(deps[k], list, " ")
   for (i = 1; i <= n; i++) if (list[i] in runs_again) {
    status[k] = "pending"; runs_again[id[k]] = more = 1
   }
  }
 } while (more)
 for (o = 1; o <= steps[r]; o++) if (status[r "," o] == "skipped") {
  q = same(r, o, p)
  k = r "," o
  files[k] = files[p "," q]
  for (i = 1; i <= files[k]; i++) {
   path[k "," i] = path[p "," q "," i]
   after[k "," i] = after[p "," q "," i]
  }
 }
}

# What a request does to the rows; n is the number of its fields.
function apply(n,    op, k, r, o) {
 op = A[1]; k = A[2] "," A[3]; lastof = ""
 if (op == "run_new") {
  r = A[2] + 0
  if (r > runs) runs = r
  version[r] = A[3]; plan[r] = A[4]; script[r] = A[5]
  name[r] = A[6]; started[r] = now; state[r] = "running"
  run[r] = swap(swap(substr(now, 1, 19), "-", ""), ":", "") "Z-" A[7]
 } else if (op == "run_again") {
  r = A[2] + 0
  state[r] = "running"; ended[r] = code[r] = ""; script[r] = A[3]
 } else if (op == "run_close") {
  r = A[2] + 0
  state[r] = A[3]; ended[r] = now; code[r] = A[4]
 } else if (op == "step_new") {
  title[k] = A[5]; rollback[k] = A[11]
  if (k in id) return
  if (A[3] + 0 > steps[A[2] + 0]) steps[A[2] + 0] = A[3] + 0
  id[k] = A[4]; print_of[k] = A[6]; check[k] = A[7] + 0
  atomic[k] = A[8] + 0; final[k] = A[9] + 0; deps[k] = A[10]
  status[k] = "pending"; attempt[k] = undoing[k] = 0
  ordof[A[2] + 0, A[4]] = A[3] + 0
 } else if (op == "over") {
  skip(A[2] + 0, A[3] + 0)
 } else if (op == "from") {
  for (o = A[3] + 0; o <= steps[A[2] + 0]; o++) {
   k = A[2] "," o
   if (status[k] ~ /^(completed|skipped)$/) status[k] = "pending"
  }
 } else if (op == "rerun") {
  status[k] = "pending"
 } else if (op == "start") {
  status[k] = "running"; attempt[k] = A[4] + 0; seq[k] = A[5] + 0
  undoing[k] = 0; began[k] = now; beganms[k] = nowms
  finished[k] = took[k] = exited[k] = ""
 } else if (op == "complete" || op == "fail") {
  status[k] = op == "complete" ? "completed" : "failed"
  seq[k] = A[4] + 0; finished[k] = now
  took[k] = nowms - beganms[k] > 0 ? nowms - beganms[k] : 0
  exited[k] = op == "complete" ? 0 : A[6]
  if (op == "fail") undoing[k] = A[5] + 0
 } else if (op == "skip") {
  status[k] = "skipped"; finished[k] = now
 } else if (op == "state_before") {
  if (A[4] + 0 > files[k]) files[k] = A[4] + 0
  k = k "," A[4]
  path[k] = A[5]; copy[k] = A[6]; after[k] = ""
  before[k] = A[7] "\t" A[9] "\t" A[10] "\t" A[11] "\t" A[8]
 } else if (op == "state_after") {
  after[k "," A[4]] = A[5] "\t" A[7] "\t" A[8] "\t" A[9] "\t" A[6]
 } else if (op == "state_forget") {
  for (o = 1; o <= files[k]; o++) after[k "," o] = ""
 } else if (op ~ /^undo_(atomic|mark|again)$/) {
  each_step(op, n)
 } else if (op == "undo_done") {
  status[k] = "rolled_back"; undoing[k] = 0
  seq[k] = A[4] + 0; finished[k] = now
 } else if (op == "undo_kept") {
  if (undoing[k] > 0) undoing[k] = -undoing[k]
  finished[k] = now
 } else if (op == "undo_close") {
  each_run()
 } else if (op == "value") value[k, A[4], A[5]] = A[6]
 else die("damaged: unknown request " op)
}
function each_step(op, n,    r, o, k) {
 for (r = 1; r <= runs; r++) for (o = 1; o <= steps[r]; o++) {
  k = r "," o
  if (op == "undo_atomic") {
   if (status[k] == "running" && atomic[k] && !undoing[k])
    undoing[k] = 1
  } else if (op == "undo_mark") {
   if (chosen(k, r, o, n - 1)) { undoing[k] = 2; state[r] = "aborted" }
  } else if (undoing[k] < 0) undoing[k] = -undoing[k]
 }
}
function each_run(    r, o, k, left, undone) {
 for (r = 1; r <= runs; r++) {
  left = undone = 0
  for (o = 1; o <= steps[r]; o++) {
   k = r "," o
   if (status[k] == "rolled_back") undone = 1
   else if (attempt[k] > 0) left = 1
  }
  if (state[r] == "rolled_back" || !(A[2] + 0) && !undone) continue
  if (ended[r] == "") ended[r] = now
  state[r] = left ? "aborted" : "rolled_back"
 }
}
# KIND MODE OWNER SIZE DIGEST: the digest last, for a link can have a tab.
function looks(s, f,    i, j) {
 for (i = 1; i <= 4; i++) {
  j = index(s, "\t")
  f[i] = j ? substr(s, 1, j - 1) : s
  s = j ? substr(s, j + 1) : ""
 }
 f[5] = s
}
function known(k,    i) {
 for (i = 1; i <= files[k]; i++) if (after[k "," i] != "") return 1
 return 0
}
'
