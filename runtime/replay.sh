# module: replay
# provides: RT_REPLAY
# requires:

# The store of a host with no sqlite3: awk keeps the rows in memory, and
# appends to the file journal what changes them. A transaction is an empty
# line, "@ TIME MILLISECONDS", its requests, and "= SUM", a checksum chained
# over all lines before it: a torn last one is dropped, any other damage is
# refused. Fields are parted by tabs; \\, \t and \n are escaped. To open it,
# what it holds is done again. The requests are those of the sql- modules.
# shellcheck disable=SC2016 # awk has dollars of its own
RT_REPLAY='
function die(why) { print why >"/dev/stderr"; exit 1 }
function sum(h, line,    i, j, part) {
  for (i = 1; i <= length(line); i += 64) {
    part = substr(line, i, 64)
    for (j = 1; j <= length(part); j++)
      h = (h * 257 + ord[substr(part, j, 1)] + 1) % 34359738337
  }
  return (h * 257 + 11) % 34359738337
}
function swap(s, from, to,    i, out) {
  while (i = index(s, from)) {
    out = out substr(s, 1, i - 1) to
    s = substr(s, i + length(from))
  }
  return out s
}
function unescape(s,    i, c, out) {
  while (i = index(s, "\\")) {
    c = substr(s, i + 1, 1)
    out = out substr(s, 1, i - 1) (c == "n" ? "\n" : c == "t" ? "\t" : c)
    s = substr(s, i + 2)
  }
  return out s
}
function fields(line,    i, n) {
  for (i in A) delete A[i]
  n = split(line, A, "\t")
  for (i = 1; i <= n; i++) if (index(A[i], "\\")) A[i] = unescape(A[i])
  return n
}
# Text in one line for the shell, with controls as %b of printf knows them.
function shown(s,    i, c, out) {
  if (s !~ /[\001-\037\177\\]/) return "=" s
  for (i = 1; i <= length(s); i++) {
    c = substr(s, i, 1)
    out = out (c == "\\" ? "\\\\" : ord[c] < 32 || ord[c] == 127 ? \
      sprintf("\\%04o", ord[c]) : c)
  }
  return "=" out
}
function json(s,    i, c, out) {
  if (s !~ /[\001-\037"\\]/) return "\"" s "\""
  for (i = 1; i <= length(s); i++) {
    c = substr(s, i, 1)
    out = out (c == "\\" || c == "\"" ? "\\" c : ord[c] < 32 ? \
      sprintf("\\u%04x", ord[c]) : c)
  }
  return "\"" out "\""
}
function text(s) { return s == "" ? "null" : json(s) }
function number(s) { return s == "" ? "null" : s }
function truth(s) { return s ? "true" : "false" }
function sql(s) {
  s = swap(s, "\047", "\047\047")
  return "\047" swap(s, "\r", "\047||char(13)||\047") "\047"
}
function sqltext(s) { return s == "" ? "NULL" : sql(s) }
function sqlnumber(s) { return s == "" ? "NULL" : s }

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
function number_of(r, step) { return (r, step) in ordof ? ordof[r, step] : 0 }
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
function skip(r, p,    o, q, n, i, list, runs_again, more, k) {
  for (o = 1; o <= steps[r]; o++) if ((q = same(r, o, p)) && settled(p, q)) {
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
  } else if (op == "state_before") {
    if (A[4] + 0 > files[k]) files[k] = A[4] + 0
    k = k "," A[4]
    path[k] = A[5]; copy[k] = A[6]; after[k] = ""
    before[k] = A[7] "\t" A[9] "\t" A[10] "\t" A[11] "\t" A[8]
  } else if (op == "state_after") {
    after[k "," A[4]] = A[5] "\t" A[7] "\t" A[8] "\t" A[9] "\t" A[6]
  } else if (op == "state_forget") {
    for (o = 1; o <= files[k]; o++) after[k "," o] = ""
  } else if (op == "undo_atomic") {
    each_step("atomic", n)
  } else if (op == "undo_mark") {
    each_step("mark", n)
  } else if (op == "undo_again") {
    each_step("again", n)
  } else if (op == "undo_done") {
    status[k] = "rolled_back"; undoing[k] = 0
    seq[k] = A[4] + 0; finished[k] = now
  } else if (op == "undo_kept") {
    if (undoing[k] > 0) undoing[k] = -undoing[k]
    finished[k] = now
  } else if (op == "undo_close") {
    each_run()
  } else die("damaged: unknown request " op)
}
function each_step(what, n,    r, o, k) {
  for (r = 1; r <= runs; r++) for (o = 1; o <= steps[r]; o++) {
    k = r "," o
    if (what == "atomic") {
      if (status[k] == "running" && atomic[k] && !undoing[k])
        undoing[k] = 1
    } else if (what == "mark") {
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
    "# back from backup/" id[k] "/. By hand, run it with sh.\nset -eu\n" \
    "WAYMARK_DIR=" here "\nWAYMARK_STEP=\047" id[k] "\047 " \
    "WAYMARK_WORK=$WAYMARK_DIR/work\n" \
    "WAYMARK_PWD=${WAYMARK_PWD-$PWD}\n" \
    "export WAYMARK_DIR WAYMARK_STEP WAYMARK_WORK WAYMARK_PWD\n" \
    "cd \"$WAYMARK_WORK\"\n" \
    (rollback[k] == "" ? ": # the author gave no commands\n" : rollback[k])
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
function known(k,    i) {
  for (i = 1; i <= files[k]; i++) if (after[k "," i] != "") return 1
  return 0
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
        if (attempt[k] > 0 && (A[2] == "" || id[k] == A[2]) &&
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

# Reading and writing the journal.
function begin(    line, f) {
  tell = "date -u \"+%Y-%m-%dT%H:%M:%S %s %N\""
  tell | getline line
  close(tell)
  split(line, f, " ")
  if (f[3] !~ /^[0-9]+$/) f[3] = "000"
  f[3] = substr(f[3], 1, 3)
  now = f[1] "." f[3] "Z"; nowms = f[2] f[3]
  open = 1; count = 0
  add("@\t" now "\t" nowms)
}
function add(line) { lines[++count] = line; tail = sum(tail, line) }
function commit(    i, cat) {
  open = 0
  if (count < 2) { tail = chain; return }
  cat = "cat >>journal && " synced("journal")
  if (!head) print "waymark journal 1" | cat
  print "" | cat
  for (i = 1; i <= count; i++) print lines[i] | cat
  printf "=\t%.0f\n", tail | cat
  if (close(cat)) die("the journal cannot be written: is the disk full?")
  head = 1; chain = tail
}
function synced(file) { return syncs ? "sync " file : "sync" }
function load(    line, n, i, good, wait, want, bad, cat) {
  while ((getline line <"journal") > 0) {
    n++
    if (n == 1) {
      if (line == "waymark journal 1") { good = head = 1; continue }
      if (line ~ /^waymark journal [0-9]+$/) die("newer")
      if (index("waymark journal 1", line) != 1) die("damaged: line 1")
      bad = 1
      continue
    }
    if (line == "") continue
    if (bad) die("damaged: line " n)
    if (line !~ /^=/) { wait[++i] = line; tail = sum(tail, line); continue }
    if (line != (want = sprintf("=\t%.0f", tail))) {
      if (index(want, line) != 1) die("damaged: line " n)
      bad = 1
      continue
    }
    redo(wait, i)
    i = 0; good = n; chain = tail
  }
  close("journal")
  tail = chain
  if (n == good || readonly) return
  cat = "cat >journal.new && " synced("journal.new") \
    " && mv -f journal.new journal"
  for (i = 1; i <= good; i++) {
    getline line <"journal"
    print line | cat
  }
  if (!good) cat = "rm -f journal"
  if (!good) printf "" | cat
  close("journal")
  if (close(cat)) die("the journal cannot be mended: is the disk full?")
}
function redo(wait, n,    i, m) {
  for (i = 1; i <= n; i++) {
    m = fields(wait[i])
    if (A[1] == "@") { now = A[2]; nowms = A[3] }
    else apply(m)
  }
}
function export(    r, o, k, i, f, g) {
  for (r = 1; r <= runs; r++) {
    print "INSERT OR IGNORE INTO installer_runs VALUES(" r "," sql(run[r]) \
      "," sql(name[r]) "," sql(version[r]) "," sql(plan[r]) "," \
      sql(script[r]) "," sql(state[r]) "," sql(started[r]) "," \
      sqltext(ended[r]) "," sqlnumber(code[r]) ");"
    for (o = 1; o <= steps[r]; o++) {
      k = r "," o
      i = deps[k] == "" ? "[]" : "[\"" swap(deps[k], " ", "\",\"") "\"]"
      print "INSERT OR IGNORE INTO step_checkpoints VALUES(" k "," \
        sql(id[k]) "," sql(title[k]) "," sql(status[k]) "," \
        sql(print_of[k]) "," check[k] "," atomic[k] "," final[k] \
        "," sql(i) "," sqltext(rollback[k]) "," attempt[k] "," \
        undoing[k] "," sqlnumber(seq[k]) "," sqltext(began[k]) "," \
        sqlnumber(beganms[k]) "," sqltext(finished[k]) "," \
        sqlnumber(took[k]) "," sqlnumber(exited[k]) ");"
      for (i = 1; i <= files[k]; i++) {
        looks(before[k "," i], f)
        looks(after[k "," i], g)
        print "INSERT OR IGNORE INTO state_files VALUES(" k "," i \
          "," sql(path[k "," i]) "," sqltext(copy[k "," i]) \
          exported(f) exported(g) ");"
      }
    }
  }
}
function exported(f) {
  if (f[1] == "") return ",NULL,NULL,NULL,NULL,NULL"
  return "," sql(f[1]) "," sql(f[5]) "," sql(f[2]) "," sql(f[3]) "," \
    sqlnumber(f[4])
}

BEGIN {
  writes = " run_new run_again run_close step_new over from rerun start " \
    "complete fail state_before state_after state_forget " \
    "undo_atomic undo_mark " \
    "undo_again undo_done undo_kept undo_close "
  for (i = 1; i < 256; i++) ord[sprintf("%c", i)] = i
  load()
  if (exporting) { export(); exit }
}
$0 == "" { next }
$0 == "." { print "."; fflush(); next }
$0 == "begin" { begin(); next }
$0 == "commit" { commit(); next }
{
  n = fields($0)
  if (index(writes, " " A[1] " ")) {
    single = !open
    if (single) begin()
    add($0)
    apply(n)
    if (single) commit()
  }
  answer(n)
}
'
